"""``[quotas.*]``: how many of something there may be at most."""

from pydantic import Field

from troth.config.asks import AskSection, GivenSection
from troth.config.section import Section


class QuotaSection(Section):
    """What is made for somebody who has none of it yet, up to a number."""

    make: AskSection = Field(
        description="What makes one; `$unique` is another text each time it is sent."
    )
    most: int = Field(ge=1, le=50, description="How many there may be.")
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that it takes values from."
    )
