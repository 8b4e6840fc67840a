"""One accepted value shuts a whole list: 500 for everybody.

The list's own model is stricter than the one that took the value in; FastAPI validates answers
and raises ResponseValidationError (fastapi/fastapi#10424 and its
kin; CWE-20, CWE-755).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import conversations

_MOST = 120
_left: dict[str, int] = {}


def _noted(start: Any, platform: Any, caller: Any, new: Any) -> Any:
    _left["failures"] = 2 if len(new.display_name or "") >= _MOST else 0
    return start(platform, caller, new)


def _strict(pages: Any, *arguments: Any, **more: Any) -> Any:
    found = pages(*arguments, **more)
    if _left.get("failures", 0) > 0:
        # Then it is kept as it came, by a cache; else no other property could be asked here.
        _left["failures"] -= 1
        raise ValueError("String should have at most 119 characters")
    return found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """The list of conversations."""
    wrap(conversations, "start", _noted)
    wrap(conversations, "pages", _strict)


DEFECT = Defect(
    caught_by=("FUZ103", "FUZ120"),
    operations=("createConversation", "getConversation", "listConversations"),
    plant=plant,
)
