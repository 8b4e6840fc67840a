"""Service accounts and their tokens."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.domain.scopes import Scope
from troth.reference.fields import Given, Id, Integer, Name, Shown, Token

TokenState = Literal["active", "expired", "revoked"]
Scopes = Annotated[list[Scope], Field(min_length=1, max_length=20)]
Origin = Annotated[str, Field(min_length=9, max_length=200, pattern="^https://[a-z0-9.:-]+$")]


class NewServiceToken(Given):
    """A token for a service account; the account is there from its first token on."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "nightly export",
                    "scopes": ["conversations:read", "activity:read"],
                    "ttl_seconds": 3600,
                }
            ]
        },
    )

    name: Name
    scopes: Scopes
    ttl_seconds: Annotated[Integer, Field(ge=1, le=30 * 24 * 3600)]


class NewBrowserToken(Given):
    """A token for a service account that lives in a browser: of one origin, and soon over."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "name": "status widget",
                    "scopes": ["activity:read"],
                    "ttl_seconds": 300,
                    "origin": "https://app.acme.test",
                }
            ]
        },
    )

    name: Name
    scopes: Scopes
    ttl_seconds: Annotated[Integer, Field(ge=60, le=900)]
    origin: Origin


class ServiceTokenIssued(Shown):
    """A token, which is not shown again."""

    access_token: Token
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    jti: Id
    account_id: Id
    name: str
    scopes: list[Scope]
    origin: str | None


class ServiceTokenShown(Shown):
    """What there is to know about a token."""

    jti: Id
    account_id: Id
    issuer_id: Id
    name: str
    scopes: list[Scope]
    origin: str | None
    state: TokenState
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None


class ServiceTokenPage(Shown):
    """A page of tokens."""

    items: list[ServiceTokenShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None
