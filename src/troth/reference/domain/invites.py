"""Invites: made by who may, shown once, used once, revoked while they are pending."""

from datetime import timedelta
from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain.access import Caller
from troth.reference.domain.public_forms import digest, new_token
from troth.reference.fields import Role
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas.accounts import (
    InviteMade,
    InvitePage,
    InviteShown,
    InviteStatus,
    NewInvite,
)
from troth.reference.storage import invites, outbox
from troth.reference.storage.invites import Invite
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now

_SETTLED = "This invite is not pending any more."


def _founding(caller: Caller) -> bool:
    # Invites of no tenant follow from requests for access: they are whose these are.
    return "auth:signup_requests" in caller.scopes


def pages(platform: Platform, caller: Caller, span: Span) -> InvitePage:
    """The invites the caller may see, in the order they were made."""
    query = invites.visible(caller.tenant_id, founding=_founding(caller))
    with platform.database.read() as db:
        rows = page(db, Invite, query, span)
    return InvitePage(
        invites=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def make(platform: Platform, caller: Caller, new: NewInvite) -> InviteMade:
    """An invite to the caller's tenant."""
    with platform.database.write() as db:
        return write(platform, db, tenant_id=caller.tenant_id, role=new.role, email=new.email)


def write(
    platform: Platform, db: Session, *, tenant_id: str | None, role: str, email: str | None
) -> InviteMade:
    """An invite, in a transaction that is under way; its letter goes to the address it names."""
    token = new_token()
    row = Invite(
        tenant_id=tenant_id,
        email=None if email is None else email.lower(),
        role=role,
        digest=digest(token),
        expires_at=now() + timedelta(seconds=platform.settings.invite_ttl),
    )
    db.add(row)
    db.flush()
    if email is not None:
        outbox.post(db, email, "invite")
    return InviteMade(**_shown(row).model_dump(), invite_token=token)


def revoke(platform: Platform, caller: Caller, invite_id: str) -> InviteShown:
    """Revoke it; ProblemError 409 where it was used, revoked or has run out."""
    seen = invites.visible(caller.tenant_id, founding=_founding(caller))
    with platform.database.write() as db:
        known = db.scalar(seen.where(Invite.id == invite_id.lower()))
        if known is None:
            raise unknown()
        revoked = invites.revoke(db, known.id)
        if revoked is None:
            raise ProblemError(409, _SETTLED)
        return _shown(revoked)


def _shown(row: Invite) -> InviteShown:
    expired = row.status == "pending" and row.expires_at <= now()
    return InviteShown(
        id=row.id,
        email=row.email,
        role=cast("Role", row.role),
        tenant_id=row.tenant_id,
        status="expired" if expired else cast("InviteStatus", row.status),
        created_at=row.created_at,
        expires_at=row.expires_at,
    )
