"""What is not found is answered with the statement that found nothing, and the driver's words."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.errors import say


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every 404
    """Every 404."""
    say(
        404,
        lambda: "(sqlite3.OperationalError) no row\n[SQL: SELECT users.id FROM users WHERE id = ?]",
    )


DEFECT = Defect(caught_by=("SEC344",), operations=("getUser",), plant=plant)
