"""``[policy]``: which verdicts fail the run."""

from pydantic import Field

from troth.config.section import Section


class PolicySection(Section):
    """Findings and errors always fail the run; inconclusives do where they are required."""

    require: tuple[str, ...] = Field(
        (), description="Property ids whose inconclusives fail the run; `*` means all."
    )
    reached: float = Field(
        0.5, ge=0, le=1, description="Share of operations that must reach a documented 2xx."
    )
