"""``[authority.*]``: what somebody may do, and what takes it from him, or when it ends."""

from pydantic import Field

from troth.config.asks import AskSection, GivenSection
from troth.config.section import Section


class AuthoritySection(Section):
    """Somebody who is made for it loses a power; the requests share what they are made from."""

    power: AskSection = Field(
        description="What he may do before, with his own `token`, and may not do afterwards."
    )
    loss: AskSection | None = Field(
        default=None, description="What takes it from him, sent by somebody else."
    )
    lapses: float | None = Field(
        default=None,
        gt=0,
        le=600,
        description="In place of `loss`: seconds after which it has ended by itself, counted from "
        "when what it hangs on was made.",
    )
    restored: AskSection | None = Field(
        default=None, description="What gives it back, where anything does."
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that these take values from."
    )
