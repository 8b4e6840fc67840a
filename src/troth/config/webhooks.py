"""``[webhooks.*]``: deliveries that converge to one state."""

from typing import Any, Literal

from pydantic import Field

from troth.config.asks import GivenSection, StateSection
from troth.config.section import Section


class WebhookSection(Section):
    """A webhook, events that change something, and where what they change is read.

    How it is signed is `[operations.X] sign`. Events hold the same expressions as requests do.
    """

    operation: str = Field(description="Who takes the deliveries: operationId or `METHOD /path`.")
    events: tuple[Any, ...] = Field(
        min_length=1, description="Bodies in their natural order, each with an id of its own."
    )
    state: tuple[StateSection, ...] = Field(
        min_length=1, description="How the state that they lead to is read."
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that events take values from."
    )
    settles: float = Field(
        default=0.0, ge=0, description="Seconds that it takes until an effect can be read, at most."
    )
    order: Literal["any", "natural"] = Field(
        default="any",
        description="`natural` where deliveries out of order are not promised to come to the same.",
    )
