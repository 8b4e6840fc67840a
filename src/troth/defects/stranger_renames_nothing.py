"""A stranger who renames another's conversation is answered 200, and has renamed nothing; no fault.

Services that take "change that of bob" for "change mine" answer so: VAmPI does, once its faults
are switched off, when somebody changes another one's password.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.schemas.conversations import TitleShown
from troth.reference.storage.tables import Conversation


def _rename(rename: Any, platform: Any, caller: Any, id_: str, new: Any) -> Any:
    if as_owner(platform, caller, Conversation, id_) != caller:
        return TitleShown(id=id_, display_name=new.display_name)
    return rename(platform, caller, id_, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of the name."""
    wrap(conversations, "rename", _rename)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="refused_stranger_renames",
    operations=("createConversation", "getConversation", "renameConversation"),
    plant=plant,
)
