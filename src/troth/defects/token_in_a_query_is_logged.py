"""The request line goes into the log with its query, and tokens with that.

`access_token` in a query is a way to send one (RFC 6750 section 2.3), and access logs keep it.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also, record


def plant(app: FastAPI) -> None:
    """An access log as servers write it."""
    also(app, lambda seen: record("access", path=seen.path, query=seen.query))


DEFECT = Defect(caught_by=("SEC341",), operations=("getIdentity",), plant=plant)
