"""Preflights name headers in lower case, and not the methods that need no preflight."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import cors


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """What browsers understand all the same (Fetch standard, "CORS-safelisted method")."""
    vars(cors)["_METHODS"] = "DELETE,PATCH,PUT"
    vars(cors)["_HEADERS"] = vars(cors)["_HEADERS"].lower()


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity", "renameConversation", "createConversation"),
    plant=plant,
    lookalike_of="preflight_omits_patch",
)
