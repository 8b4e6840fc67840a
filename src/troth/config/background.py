"""``[background.NAME]``: work that goes on when the request that asked for it is answered."""

from pydantic import Field

from troth.config.section import Section
from troth.config.streams import StateSection


class BackgroundSection(Section):
    """How it is begun, watched and stopped. Path parameters of ``state`` and ``cancel`` are those
    of the path of ``start`` by name, and for the rest what its answer says is the ``id``.
    """

    start: str = Field(description="Operation that begins it.")
    id: str = Field(
        default="$response.body#/id", description="Where the answer of `start` says its id."
    )
    state: StateSection = Field(description="Where it is read whether it runs still.")
    cancel: str | None = Field(default=None, description="Operation that stops it.")
    body: dict[str, object] | None = Field(
        default=None, description="Body that makes it run for a while, for what stops it halfway."
    )
    within: float | None = Field(
        default=None,
        gt=0,
        allow_inf_nan=False,
        description="Seconds in which it ends by itself; without them it may wait for somebody.",
    )
    stops_within: float = Field(
        default=2.0, gt=0, allow_inf_nan=False, description="Seconds in which a stop takes effect."
    )
