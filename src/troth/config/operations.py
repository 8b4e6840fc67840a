"""``[operations."METHOD /path"]``: values and expectations for one operation."""

from typing import Any, Literal

from pydantic import Field

from troth.config.section import Section


class SignSection(Section):
    """How the sender of a webhook signs the raw body; the secret as `${ENV}`."""

    scheme: Literal["stripe", "hmac-sha256"] = Field(
        description="`stripe`: `t=<seconds>,v1=<hex>` over `<seconds>.<body>`; `hmac-sha256`: "
        "`<prefix><hex>` over the body."
    )
    header: str = Field(
        pattern=r"^[-!#$%&'*+.^_`|~0-9A-Za-z]+$", description="Header that carries the signature."
    )
    secret: str = Field(repr=False, description="The shared secret, as `${ENV}`.")
    prefix: str = Field(
        default="sha256=", description="Of `hmac-sha256`: what precedes the hex; may be empty."
    )


class PagesSection(Section):
    """How a list is cut into pages, where it cannot be inferred: names of query parameters."""

    limit: str = Field(default="", description="How many rows a page has.")
    offset: str = Field(default="", description="How many rows are left out.")
    page: str = Field(default="", description="The number of the page.")
    first: int = Field(default=1, ge=0, le=1, description="The number of the first page.")
    cursor: str = Field(default="", description="Where the page before ended.")
    next: str | None = Field(
        default=None,
        pattern=r"^\$response\.body#/",
        description="Where an answer has the cursor of the next page, or its URL: "
        "`$response.body#/…`; the id of the last row by default.",
    )
    more: str | None = Field(
        default=None,
        pattern=r"^\$response\.body#/",
        description="Where an answer says whether there is a next page: `$response.body#/…`.",
    )


class OperationSection(Section):
    """What cannot be inferred about one operation. Values may hold `${ENV}` and expressions.

    ``$producer.<operation>.body#/pointer`` takes a value from an answer of that operation, which
    is called first when need be; all that one request takes from it comes from one answer.
    ``$totp(…)`` is the one-time code (RFC 6238) of the base32 secret between its parentheses.
    """

    principal: str | None = Field(default=None, description="Who sends it; `anonymous` too.")
    token: str | None = Field(
        default=None,
        repr=False,
        description="Bearer token it is sent with in place of the principal's credential: "
        "`$producer.<operation>.body#/pointer`, or `${ENV}`.",
    )
    sign: SignSection | None = Field(
        default=None, description="Signature of the raw body, for webhooks."
    )
    path: dict[str, Any] = Field(default_factory=dict, description="Path parameters.")
    query: dict[str, Any] = Field(default_factory=dict, description="Query parameters.")
    headers: dict[str, Any] = Field(
        default_factory=dict, description="Headers, beside the principal's own."
    )
    body: Any = Field(default=None, description="The request body, as TOML.")
    once: bool | None = Field(
        default=None,
        description="Whether what it takes from answers is good for once; by default learnt.",
    )
    after: tuple[str, ...] = Field(
        default=(), description="Operations that must have succeeded before."
    )
    pages: PagesSection | Literal[False] | None = Field(
        default=None, description="Of a list: how it is cut into pages; `false` for not at all."
    )
    send: Any = Field(
        default=None, description="Of a WebSocket: the frame that is sent when it is open, as TOML."
    )
    expect: dict[str, Any] = Field(
        default_factory=dict,
        description="Minimal assertion: `status`; JSON pointers with their values or types, or "
        "what was sent (`$request.path.id`); of an event stream `events`, the types of its first "
        "events, and `last-data`, its last one's; of a WebSocket `events`, the types of its first "
        "frames.",
    )
