"""``[limits.*]``: how often something may be asked."""

from typing import Literal

from pydantic import Field

from troth.config.asks import AskSection, GivenSection


class LimitSection(AskSection):
    """A request that is served, or refused for what it says, so often and then no more."""

    most: int = Field(ge=1, le=300, description="How often it may be sent.")
    per: int = Field(ge=1, description="In so many seconds.")
    by: Literal["account", "address"] | None = Field(
        default=None, description="Whose requests are counted; by default not asked."
    )
    wrong: str | None = Field(
        default=None,
        description="Of a login: JSON pointer of the member of its body that is made wrong, such "
        "as `/password`.",
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that it takes values from."
    )
