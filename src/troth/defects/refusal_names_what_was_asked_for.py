"""Each refusal says which id it is about, when, and under which number it is in the log; no fault.

Two refusals are never the same text, and neither tells more than the other.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import conversations
from troth.reference.problems import ProblemError


def _one(one: Any, platform: Any, caller: Any, id_: str) -> Any:
    try:
        return one(platform, caller, id_)
    except ProblemError as refusal:
        at = datetime.now(UTC).isoformat()
        raise ProblemError(404, f"There is no {id_} here, at {at}, in {uuid4().hex}.") from refusal


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Of reading one."""
    wrap(conversations, "one", _one)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="refusal_tells_what_exists",
    operations=("createConversation", "getConversation"),
    plant=plant,
)
