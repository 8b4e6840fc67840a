"""``[workflows.*]``: requests in a fixed order, each with values of those before it."""

from typing import Any

from pydantic import Field

from troth.config.asks import AskSection
from troth.config.section import Section


class StepSection(AskSection):
    """One request. ``$steps.<name>.body#/pointer`` is a value of an earlier step's answer.

    ``$steps.<name>.request.body#/pointer`` is what was sent in it. Of an event stream the body is
    the list of its events, as `{"type": …, "data": …}`.
    """

    name: str = Field(description="What later steps call it.")
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="What must hold of the answer: `status`, and JSON pointers with values, "
        "types, or what an earlier step had (`$steps.<name>.body#/pointer`).",
    )


class WorkflowSection(Section):
    """What holds from end to end: the steps, in their order."""

    steps: tuple[StepSection, ...] = Field(min_length=1, description="The requests, in order.")
