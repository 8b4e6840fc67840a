"""Preflights do not allow `If-Match`: pages write without, and overwrite each other."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import cors


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """Only what every request has."""
    vars(cors)["_HEADERS"] = "Authorization, Content-Type, X-API-Key, X-Correlation-Id"


DEFECT = Defect(caught_by=("SEC334",), operations=("replaceTenantSettings",), plant=plant)
