"""``[policy]``: which verdicts fail the run, and which findings are known."""

from datetime import date
from typing import Annotated

from pydantic import Field, WithJsonSchema

from troth.config.section import Section


class Waiver(Section):
    """A known finding that does not fail the run, until a day comes."""

    fingerprint: str = Field(
        pattern="^[0-9a-f]{12}$", description="The finding's id: twelve hex digits."
    )
    reason: str = Field(pattern=r"\S", description="Why it is accepted, and by whom.")
    expires: date = Field(description="The last day on which it is, such as 2031-01-31.")


class PolicySection(Section):
    """Findings and errors always fail the run; inconclusives do where they are required."""

    require: tuple[str, ...] = Field(
        default=(),
        description="Property ids that must be answered: inconclusive, or not run at all, fails "
        "the run. `*` means every one that runs.",
    )
    reached: float = Field(
        default=0.5, ge=0, le=1, description="Share of operations that must reach a documented 2xx."
    )
    roles: dict[str, tuple[str, ...]] = Field(
        default_factory=dict,
        description="What each role may ask: operationIds, `METHOD /path` and `tag:NAME`, with "
        "`*`; what begins with `!` is taken out. A role that is not named is not judged.",
    )
    reviewed_roles: Annotated[
        dict[str, dict[str, str]],
        WithJsonSchema({"type": "string"}),
    ] = Field(
        default_factory=dict,
        description="The reviewed copy of a run's `roles.json`: who was refused there and is "
        "served now is a finding.",
    )
    waivers: Annotated[
        tuple[Waiver, ...],
        WithJsonSchema(
            {
                "anyOf": [
                    {"type": "string"},
                    {"type": "array", "items": Waiver.model_json_schema(by_alias=True)},
                ]
            }
        ),
    ] = Field(
        default=(),
        description="Known findings, as `[[policy.waivers]]`, or the TOML file with "
        "`[[waivers]]` that lists them.",
    )
