"""Asking to be let in: a request is pending until an operator decides it, once."""

from typing import cast

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from troth.reference.domain import invites
from troth.reference.domain.public_forms import Sender, count
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas.accounts import (
    AccessRequest,
    AccessRequested,
    Approved,
    PolicyShown,
    Rejected,
    RequestPage,
    RequestShown,
    RequestStatus,
)
from troth.reference.storage import signup, users
from troth.reference.storage.pages import Span, page
from troth.reference.storage.signup import SignupRequest

_DECIDED = "This request has been decided."
_MEMBER = "The address of this request has an account."


def policy(platform: Platform) -> PolicyShown:
    """Who may register."""
    chosen = platform.settings.signup_policy
    return PolicyShown(policy=chosen, invite_required=chosen != "public")


def ask(platform: Platform, sender: Sender, asked: AccessRequest) -> AccessRequested:
    """Note a request; whoever asks again, or has an account, is told the same."""
    count(platform, sender, "request-access", asked.email)
    try:
        request_id = _note(platform, asked)
    except IntegrityError:  # a twin of this request was faster, and is found now
        request_id = _note(platform, asked)
    return AccessRequested(**policy(platform).model_dump(), request_id=request_id, status="pending")


def _note(platform: Platform, asked: AccessRequest) -> str:
    with platform.database.write() as db:
        found = signup.pending(db, asked.email)
        if found is None:
            found = SignupRequest(
                email=asked.email.lower(),
                display_name=asked.display_name,
                tenant_name=asked.tenant_name,
            )
            db.add(found)
            db.flush()
        return found.id


def pages(platform: Platform, span: Span, status: RequestStatus | None) -> RequestPage:
    """The requests, in the order they came."""
    with platform.database.read() as db:
        rows = page(db, SignupRequest, signup.all_of(status), span)
    return RequestPage(
        requests=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def approve(platform: Platform, request_id: str) -> Approved:
    """Let them in: an invite of no tenant, for that address alone."""
    with platform.database.write() as db:
        request = _decided(db, request_id, "approved")
        if users.by_email(db, request.email) is not None:
            raise ProblemError(409, _MEMBER)
        invite = invites.write(platform, db, tenant_id=None, role="owner", email=request.email)
        return Approved(request=_shown(request), invite=invite)


def reject(platform: Platform, request_id: str) -> Rejected:
    """Do not let them in."""
    with platform.database.write() as db:
        return Rejected(request=_shown(_decided(db, request_id, "rejected")))


def _decided(db: Session, request_id: str, status: str) -> SignupRequest:
    request = signup.decide(db, request_id, status)
    if request is not None:
        return request
    raise ProblemError(409, _DECIDED) if signup.exists(db, request_id) else unknown()


def _shown(row: SignupRequest) -> RequestShown:
    return RequestShown(
        id=row.id,
        email=row.email,
        display_name=row.display_name,
        tenant_name=row.tenant_name,
        status=cast("RequestStatus", row.status),
        created_at=row.created_at,
        decided_at=row.decided_at,
    )
