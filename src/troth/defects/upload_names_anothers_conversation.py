"""An upload may name a conversation of somebody else's, and nothing comes of that; no fault.

The id is stored as it came. Where no list and no reading follows it, nobody is told anything.
"""

from functools import partial
from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import conversations, objects
from troth.reference.storage.tables import Conversation


def _owned(owned: Any, db: Any, caller: Any, id_: str, **more: Any) -> Any:
    found = db.get(Conversation, id_.lower())
    return owned(db, caller, id_, **more) if found is None else found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of what agents are given to read."""
    patched = SimpleNamespace(owned=partial(_owned, conversations.owned))
    vars(objects)["conversations"] = patched


DEFECT = Defect(
    caught_by=(),
    lookalike_of="worker_completes_anothers_operation",
    operations=("createConversation", "getConversation", "presignAgentInput"),
    plant=plant,
)
