"""``[operations."METHOD /path"]``: values and expectations for one operation."""

from typing import Any

from pydantic import Field

from troth.config.section import Section


class OperationSection(Section):
    """What cannot be inferred about one operation. Values may hold `${ENV}` and expressions.

    ``$producer.<operation>.body#/pointer`` takes a value from that operation's latest answer;
    the operation is called first when it was not yet.
    """

    principal: str | None = Field(default=None, description="Who sends it; `anonymous` too.")
    path: dict[str, Any] = Field(default_factory=dict, description="Path parameters.")
    query: dict[str, Any] = Field(default_factory=dict, description="Query parameters.")
    headers: dict[str, Any] = Field(
        default_factory=dict, description="Headers, beside the principal's own."
    )
    body: Any = Field(default=None, description="The request body, as TOML.")
    after: tuple[str, ...] = Field(
        default=(), description="Operations that must have succeeded before."
    )
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="Minimal assertion: `status`, and JSON pointers with their values or types.",
    )
