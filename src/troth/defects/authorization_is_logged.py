"""All headers of each request go into the log, `Authorization` among them (CWE-532)."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also, record


def plant(app: FastAPI) -> None:
    """Written for one afternoon of looking for a fault."""
    also(app, lambda seen: record("headers", headers=dict(seen.headers)))


DEFECT = Defect(caught_by=("SEC341",), operations=("getIdentity",), plant=plant)
