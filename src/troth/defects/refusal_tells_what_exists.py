"""Who asks for another's conversation hears that it is another's.

The status is the 404 of what nobody has, the words are not (CWE-204): the check and the lookup
have an error each.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import as_owner, wrap
from troth.reference.domain import conversations
from troth.reference.problems import ProblemError
from troth.reference.storage.tables import Conversation


def _one(one: Any, platform: Any, caller: Any, id_: str) -> Any:
    if as_owner(platform, caller, Conversation, id_) != caller:
        raise ProblemError(404, "This is somebody else's.")
    return one(platform, caller, id_)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of reading one."""
    wrap(conversations, "one", _one)


DEFECT = Defect(
    caught_by=("SEC307",),
    operations=("createConversation", "getConversation"),
    plant=plant,
)
