"""Members that a service sets itself, as their names tell, and other values for them. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

POWERS: Final = frozenset(
    {"role", "roles", "admin", "is_admin", "isadmin", "is_staff", "is_superuser", "superuser"}
    | {"staff", "is_owner", "permissions", "permission", "scopes", "privileges", "access_level"}
    | {"user_type", "account_type", "is_root", "is_moderator", "groups", "user_role", "level"}
)
"""What somebody may do."""
OWNERS: Final = frozenset(
    {"owner", "owner_id", "user_id", "userid", "author_id", "account_id", "tenant_id", "tenant"}
    | {"org_id", "organization_id", "organisation_id", "company_id", "team_id", "created_by"}
    | {"customer_id", "workspace_id", "creator_id", "uploaded_by"}
)
"""Whose it is."""
FACTS: Final = frozenset(
    {"verified", "is_verified", "email_verified", "is_email_verified", "phone_verified"}
    | {"balance", "credit", "credits", "available_credit", "wallet", "points", "quota", "approved"}
    | {"is_approved", "paid", "is_paid", "confirmed", "is_confirmed", "is_active", "active"}
    | {"enabled", "banned", "mfa_enabled", "premium", "is_premium", "video_status"}
    | {"created_at", "createdat", "created", "created_on", "date_created", "updated_at"}
)
"""What only the service can know."""
STATES: Final = frozenset({"status", "state"})
LONG_AGO: Final = "2001"
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_HIGH = re.compile(r"admin|owner|root|super|operator|manager|staff|moderator", re.IGNORECASE)
_DATE = re.compile(r"[0-9]{4}(?=-[0-9]{2}-[0-9]{2})")


def plain(name: str) -> str:
    """``isAdmin`` and ``is-admin`` as ``is_admin``."""
    return _CAMEL.sub("_", name).replace("-", "_").lower()


def privileged(name: str, *, vague: bool) -> bool:
    """Whether clients have no business with it; less is sure where the document is ``vague``."""
    known = plain(name)
    sure = known in POWERS | OWNERS | FACTS
    return sure or (not vague and known in STATES)


def high(role: str | None) -> bool:
    """Whether a role is one that gives roles to others."""
    return bool(role and _HIGH.search(role))


def objects(value: Any, depth: int = 6) -> Iterator[Mapping[str, Any]]:
    """Every object within a value, itself first."""
    if isinstance(value, Mapping) and depth:
        yield value
        for each in value.values():
            yield from objects(each, depth - 1)
    elif isinstance(value, list) and depth:
        for each in value[:MOST_ROWS]:
            yield from objects(each, depth - 1)


MOST_ROWS: Final = 1000


def another(name: str, now: Any, seen: list[Any]) -> Any:
    """A value that ``name`` does not have by itself and that is likely to be taken; None where
    there is none. ``seen`` are its values elsewhere.
    """
    known = plain(name)
    if isinstance(now, bool):
        return not now
    others = [each for each in seen if each != now and type(each) is type(now)]
    if known in POWERS and isinstance(now, str):
        best = [each for each in others if high(str(each))]
        return (best or ["admin" if now != "admin" else "owner"])[0]
    if isinstance(now, int | float) and known not in OWNERS:
        return now + 1000
    if isinstance(now, str) and _DATE.match(now) and not now.startswith(LONG_AGO):
        return _DATE.sub(LONG_AGO, now, count=1)
    if isinstance(now, list):
        return ["admin"] if known in POWERS and all(isinstance(each, str) for each in now) else None
    return others[0] if others else None
