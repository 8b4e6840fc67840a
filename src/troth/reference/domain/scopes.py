"""Scopes: what a role may do beyond its rank, and what a service account may be given."""

from collections.abc import Collection, Mapping
from typing import Literal

Scope = Literal[
    "activity:read",
    "agents:run",
    "auth:invites",
    "auth:signup_requests",
    "billing:manage",
    "conversations:read",
    "conversations:write",
    "status:manage",
    "storage:read",
    "storage:write",
    "support:read",
    "tools:read",
    "workflows:run",
]

_VIEWER: frozenset[str] = frozenset(
    {"activity:read", "conversations:read", "storage:read", "tools:read"}
)
_MEMBER = _VIEWER | {"agents:run", "conversations:write", "storage:write", "workflows:run"}
_ADMIN = _MEMBER | {"auth:invites", "billing:manage", "support:read"}
OF_ROLE: Mapping[str, frozenset[str]] = {
    "viewer": _VIEWER,
    "member": _MEMBER,
    "admin": _ADMIN,
    "owner": _ADMIN,
    "operator": _ADMIN | {"auth:signup_requests", "status:manage"},
}


def role_of(scopes: Collection[str]) -> str:
    """As what a service with these counts where an operation names no scope."""
    return "viewer" if _VIEWER.issuperset(scopes) else "member"
