"""The path goes into the log decoded, and quoted as Python or JSON does."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also, record


def plant(app: FastAPI) -> None:
    """One line a request."""
    also(app, lambda seen: record("served", path=seen.path, quoted=repr(seen.path)))


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="request_writes_log_lines",
)
