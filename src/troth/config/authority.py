"""``[authority.*]``: what somebody may do, and what takes it from him."""

from pydantic import Field

from troth.config.asks import AskSection, GivenSection
from troth.config.section import Section


class AuthoritySection(Section):
    """Somebody who is made for it loses a power; the requests share what they are made from."""

    power: AskSection = Field(
        description="What he may do before, with his own `token`, and may not do afterwards."
    )
    loss: AskSection = Field(description="What takes it from him, sent by somebody else.")
    restored: AskSection | None = Field(
        default=None, description="What gives it back, where anything does."
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that these take values from."
    )
