"""``[shared.*]``: things that several change at once, where the document does not show how."""

from typing import Any

from pydantic import Field

from troth.config.asks import AskSection, GivenSection
from troth.config.section import Section


class SharedSection(Section):
    """A thing that is made for the example; the requests share what they are made from."""

    write: AskSection = Field(description="What changes it; `body` is what goes with each field.")
    read: AskSection = Field(description="What reads it: its answer has the fields at its top.")
    fields: dict[str, tuple[Any, ...]] = Field(
        min_length=1, description="Fields of the write's body, each with values to choose from."
    )
    given: dict[str, GivenSection] = Field(
        default_factory=dict, description="How operations are called that these take values from."
    )
