"""The people of a tenant: nobody changes oneself, or anyone above oneself."""

from typing import cast

from sqlalchemy.exc import IntegrityError

from troth.reference.domain.access import RANKS, Caller
from troth.reference.domain.ending import ending
from troth.reference.fields import Role, UserStatus
from troth.reference.passwords import hashed
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unauthenticated, unknown
from troth.reference.schemas.users import NewUser, UserChange, UserPage, UserShown
from troth.reference.storage import sessions, users
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import User

_TAKEN = "A user with this e-mail address exists."
_ONESELF = "You cannot do this to yourself."


def everyone(platform: Platform, caller: Caller, span: Span) -> UserPage:
    """The tenant's users."""
    with platform.database.read() as db:
        rows = page(db, User, users.of_tenant(caller.tenant_id), span)
    return UserPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, caller: Caller, user_id: str) -> UserShown:
    """One of them."""
    with platform.database.read() as db:
        user = users.in_tenant(db, caller.tenant_id, user_id)
    if user is None:
        raise unknown()
    return _shown(user)


def oneself(platform: Platform, caller: Caller) -> UserShown:
    """The caller; gone since admission, it is nobody."""
    with platform.database.read() as db:
        user = users.in_tenant(db, caller.tenant_id, caller.user_id)
    if user is None:
        raise unauthenticated(error="invalid_token")
    return _shown(user)


def invite(platform: Platform, caller: Caller, new: NewUser) -> UserShown:
    """A new user of the tenant; ProblemError 409 if the address is taken."""
    with platform.database.read() as db:
        taken = users.by_email(db, new.email) is not None
    if taken:
        raise ProblemError(409, _TAKEN)
    user = User(
        tenant_id=caller.tenant_id,
        email=new.email.lower(),
        display_name=new.display_name,
        role=new.role,
        password_hash=hashed(new.password),
        origin="invite",
    )
    try:
        with platform.database.write() as db:
            db.add(user)
    except IntegrityError:
        raise ProblemError(409, _TAKEN) from None
    return _shown(user)


def change(platform: Platform, caller: Caller, user_id: str, new: UserChange) -> UserShown:
    """Change what was sent; whoever is suspended is logged out."""
    with ending(platform) as (db, ended):
        user = _guarded(caller, users.in_tenant(db, caller.tenant_id, user_id, lock=True))
        if new.role is not None:
            user.role = new.role
        if new.status is not None:
            user.status = new.status
        if user.status == "suspended":
            ended.extend(sessions.revoke(db, user.id))
        return _shown(user)


def remove(platform: Platform, caller: Caller, user_id: str) -> None:
    """Delete a user with all that is theirs."""
    with platform.database.write() as db:
        user = users.in_tenant(db, caller.tenant_id, user_id, lock=True)
        db.delete(_guarded(caller, user))


def _guarded(caller: Caller, user: User | None) -> User:
    if user is None:
        raise unknown()
    if user.id == caller.user_id:
        raise ProblemError(409, _ONESELF)
    if RANKS[user.role] > caller.rank:
        raise ProblemError(403)
    return user


def _shown(user: User) -> UserShown:
    return UserShown(
        id=user.id,
        email=user.email,
        display_name=user.display_name,
        role=cast("Role", user.role),
        status=cast("UserStatus", user.status),
        created_at=user.created_at,
    )
