"""A request as a target file writes it down, beside what `[operations]` says of its operation."""

from typing import Any

from pydantic import Field

from troth.config.section import Section


class AskSection(Section):
    """One request. What it leaves out is as `[operations]` says, or as the document does.

    Values may hold ``$producer.<operation>.body#/pointer`` (of its answer; with ``.request`` behind
    the operation of what was sent to it), ``$unique`` (a text that was not used before, the same
    within one request), ``$now`` (seconds since 1970, with ``+60`` or ``-60`` behind it) and
    ``$password`` (made up, and good).
    """

    operation: str = Field(description="Its operationId or `METHOD /path`.")
    principal: str | None = Field(default=None, description="Who sends it; `anonymous` too.")
    token: str | None = Field(
        default=None,
        repr=False,
        description="Bearer token it is sent with: `$producer.<operation>.body#/pointer`.",
    )
    path: dict[str, Any] = Field(default_factory=dict, description="Path parameters.")
    query: dict[str, Any] = Field(default_factory=dict, description="Query parameters.")
    headers: dict[str, Any] = Field(default_factory=dict, description="Headers.")
    body: Any = Field(default=None, description="The request body, as TOML.")


class GivenSection(Section):
    """How an operation is called whose answer others take values from."""

    principal: str | None = Field(default=None, description="Who sends it; `anonymous` too.")
    token: str | None = Field(default=None, repr=False, description="Bearer token it is sent with.")
    path: dict[str, Any] = Field(default_factory=dict, description="Path parameters.")
    query: dict[str, Any] = Field(default_factory=dict, description="Query parameters.")
    headers: dict[str, Any] = Field(default_factory=dict, description="Headers.")
    body: Any = Field(default=None, description="The request body, as TOML.")


class StateSection(AskSection):
    """A request that reads a state, and the places of its answer that make the state up."""

    at: tuple[str, ...] = Field(
        description='JSON pointers of the answer: what stands there is compared, as `["/status"]`.'
    )
