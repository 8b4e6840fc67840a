"""An error that explains itself, and speaks of SQL, paths and traces in words of its own."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.errors import say


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every 404
    """Every 404."""
    say(
        404,
        lambda: (
            "Not found. Select a user from the list, or see /docs/errors.html at line 4; "
            "SQL syntax is not taken here, and no traceback is kept."
        ),
    )


DEFECT = Defect(caught_by=(), operations=("getUser",), plant=plant, lookalike_of="error_shows_sql")
