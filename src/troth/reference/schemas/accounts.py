"""Getting in: registration, requests for access, invites."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import (
    AssignableRole,
    Email,
    Given,
    Id,
    Name,
    NewPassword,
    NotNull,
    Role,
    Shown,
    Token,
)
from troth.reference.schemas.auth import Tokens

SignupPolicy = Literal["public", "invite_only", "approval"]
RequestStatus = Literal["pending", "approved", "rejected"]
InviteStatus = Literal["pending", "accepted", "revoked", "expired"]


class PolicyShown(Shown):
    """Who may register."""

    policy: SignupPolicy
    invite_required: bool


class NewAccount(Given):
    """Someone who registers; with an invite in its tenant, else as owner of a new one."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "founder@initech.test",
                    "display_name": "Frida Founder",
                    "password": "a long enough one",
                    "tenant_name": "Initech",
                }
            ]
        },
    )

    email: Email
    display_name: Name
    password: NewPassword
    tenant_name: Annotated[
        Name | None,
        NotNull(),
        Field(description="Of the new tenant; without one it is called as its owner is."),
    ] = None
    invite_token: Annotated[Token | None, NotNull()] = None


class Registered(Tokens):
    """A new account, logged in."""

    tenant_slug: str
    email: str
    email_verified: bool


class AccessRequest(Given):
    """Someone who asks to be let in."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "hopeful@initrode.test",
                    "display_name": "Hal Hopeful",
                    "tenant_name": "Initrode",
                }
            ]
        },
    )

    email: Email
    display_name: Name
    tenant_name: Name


class AccessRequested(PolicyShown):
    """That a request is noted; the same for one that was there already."""

    request_id: Id
    status: Literal["pending"]


class RequestShown(Shown):
    """A request for access."""

    id: Id
    email: str
    display_name: str
    tenant_name: str
    status: RequestStatus
    created_at: datetime
    decided_at: datetime | None


class RequestPage(Shown):
    """A page of requests."""

    requests: list[RequestShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class NewInvite(Given):
    """Someone to be let in; whoever has the token, unless an address is named."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"role": "member", "email": "grace@acme.test"}]},
    )

    role: AssignableRole
    email: Annotated[Email | None, NotNull()] = None


class InviteShown(Shown):
    """An invite; one without tenant lets its holder found one."""

    id: Id
    email: str | None
    role: Role
    tenant_id: Id | None
    status: InviteStatus
    created_at: datetime
    expires_at: datetime


class InviteMade(InviteShown):
    """A new invite, with the token that is never shown again."""

    invite_token: Token


class InvitePage(Shown):
    """A page of invites."""

    invites: list[InviteShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class Approved(Shown):
    """A request that was approved, and the invite that follows from it."""

    request: RequestShown
    invite: InviteMade


class Rejected(Shown):
    """A request that was rejected."""

    request: RequestShown
