"""``[operations."METHOD /path"]``: values and expectations for one operation."""

from typing import Any

from pydantic import Field

from troth.config.section import Section


class OperationSection(Section):
    """What cannot be inferred about one operation. Values may hold `${ENV}` and expressions.

    ``$producer.<operation>.body#/pointer`` takes a value from that operation's latest answer;
    the operation is called first when it was not yet.
    """

    principal: str | None = Field(None, description="Who sends it; `anonymous` too.")
    path: dict[str, Any] = Field(default_factory=dict)
    query: dict[str, Any] = Field(default_factory=dict)
    headers: dict[str, Any] = Field(default_factory=dict)
    body: Any = None
    after: tuple[str, ...] = Field((), description="Operations that must have succeeded before.")
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="Minimal assertion: `status`, and JSON pointers with their values or types.",
    )
