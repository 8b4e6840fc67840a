"""The list of methods that preflights allow was written before there was a PATCH."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import cors


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """PATCH is not on it."""
    vars(cors)["_METHODS"] = "DELETE, GET, POST, PUT"


DEFECT = Defect(
    caught_by=("SEC334",), operations=("getIdentity", "renameConversation"), plant=plant
)
