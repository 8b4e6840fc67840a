"""A stranger's change is refused with 404, and has been made.

The check comes after the write, and nobody takes the write back (CWE-862, CWE-460). Judges that
look at statuses see a good refusal.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.problems import unknown
from troth.reference.storage.tables import Conversation


def _rename(rename: Any, platform: Any, caller: Any, id_: str, new: Any) -> Any:
    owner = as_owner(platform, caller, Conversation, id_)
    found = rename(platform, owner, id_, new)
    if owner != caller:
        raise unknown()
    return found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of the name."""
    wrap(conversations, "rename", _rename)


DEFECT = Defect(
    caught_by=("SEC302",),
    operations=("createConversation", "getConversation", "renameConversation"),
    plant=plant,
)
