"""Logging in, staying in, and leaving."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import (
    Email,
    Given,
    GivenPassword,
    Id,
    NotNull,
    Role,
    Shown,
    Slug,
    Token,
)

_SAMPLE = "eyJhbGciOiJFZERTQSJ9.eyJ0eXAiOiJyZWZyZXNoIn0.c2lnbmF0dXJl"


class Credentials(Given):
    """Who asks for a session."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "alice@acme.test",
                    "password": "the password of alice",
                    "tenant_slug": "acme",
                }
            ]
        },
    )

    email: Email
    password: GivenPassword
    tenant_slug: Annotated[Slug | None, NotNull()] = None


class RefreshRequest(Given):
    """A refresh token, to be exchanged or given up."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"refresh_token": _SAMPLE}]}
    )

    refresh_token: Token


class Tokens(Shown):
    """A fresh pair of tokens."""

    access_token: Token
    refresh_token: Token
    token_type: Literal["Bearer"]
    expires_in: Annotated[int, Field(ge=1)]
    session_id: Id


class Identity(Shown):
    """Who the caller is."""

    user_id: Id
    email: str
    display_name: str
    role: Role
    tenant_id: Id
    tenant_slug: str
    session_id: Id


class Revoked(Shown):
    """Whether a session ended by this request."""

    revoked: bool


class RevokedAll(Shown):
    """How many sessions ended by this request."""

    revoked: Annotated[int, Field(ge=0)]


class SessionShown(Shown):
    """One live session."""

    id: Id
    created_at: datetime
    expires_at: datetime
    current: bool


class SessionList(Shown):
    """The caller's live sessions, the most recent hundred."""

    sessions: list[SessionShown]
    total: Annotated[int, Field(ge=0)]
