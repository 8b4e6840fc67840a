"""The path goes into the log as it is, and the names of what stands in the query."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also, record


def plant(app: FastAPI) -> None:
    """What an operator wants to see."""
    also(
        app,
        lambda seen: record(
            "access", path=seen.path, query=[each.split("=")[0] for each in seen.query.split("&")]
        ),
    )


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="token_in_a_query_is_logged",
)
