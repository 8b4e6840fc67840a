"""Hooks of an API key: registered where they may lead, and noted what they are to be told."""

import secrets
from hashlib import sha256
from typing import Any, cast

from sqlalchemy.orm import Session

from troth.reference.domain.access import Holder
from troth.reference.domain.hook_guard import ForbiddenAddressError, place
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas import hooks as shapes
from troth.reference.storage import agent_hooks
from troth.reference.storage.agent_hooks import Delivery, Hook
from troth.reference.storage.agent_sessions import AgentSession
from troth.reference.storage.pages import Span, page

FORBIDDEN = "The address is not allowed: every address of its host must be public."
_MOST_TOLD = 20
"""So many of a key's hooks are told of one turn: the newest."""


def register(platform: Platform, owner: Holder, new: shapes.NewHook) -> shapes.HookCreated:
    """A new hook."""
    env = platform.settings
    try:
        # Where nothing is delivered, no name is looked up either.
        place(new.url, env.hook_allow, resolve=env.hook_delivery)
    except ForbiddenAddressError:
        raise ProblemError(409, FORBIDDEN) from None
    secret = secrets.token_urlsafe(32)
    with platform.database.write() as db:
        row = Hook(
            key_id=owner.key_id,
            url=new.url,
            events=sorted(set(new.events)),
            digest=sha256(secret.encode()).hexdigest(),
        )
        db.add(row)
        db.flush()
        return shapes.HookCreated(**_shown(row).model_dump(), secret=secret)


def pages(platform: Platform, owner: Holder, span: Span) -> shapes.HookPage:
    """The owner's hooks."""
    with platform.database.read() as db:
        rows = page(db, Hook, agent_hooks.of_key(owner.key_id), span)
    return shapes.HookPage(
        hooks=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def _owned(db: Session, owner: Holder, id_: str, *, lock: bool = False) -> Hook:
    found = agent_hooks.one(db, owner.key_id, id_, lock=lock)
    if found is None:
        raise unknown()
    return found


def one(platform: Platform, owner: Holder, id_: str) -> shapes.HookDetail:
    """One hook, and how its last deliveries went."""
    with platform.database.read() as db:
        row = _owned(db, owner, id_)
        last = [_delivery(each) for each in agent_hooks.deliveries(db, row.id)]
    return shapes.HookDetail(**_shown(row).model_dump(), deliveries=last)


def remove(platform: Platform, owner: Holder, id_: str) -> None:
    """Tell it no more."""
    with platform.database.write() as db:
        db.delete(_owned(db, owner, id_, lock=True))


def test(platform: Platform, owner: Holder, id_: str) -> shapes.HookDelivery:
    """Note a delivery that tells of nothing."""
    with platform.database.write() as db:
        row = _noted(db, platform, _owned(db, owner, id_, lock=True), "hook.test", {})
        db.flush()
        return _delivery(row)


def note(db: Session, platform: Platform, session: AgentSession, event: str) -> None:
    """In the transaction that ends a turn, note for the owner's hooks that it did."""
    if not platform.settings.hook_delivery:
        return  # an outbox that is never emptied would only grow
    body = {"session_id": session.id, "turn": session.turn, "status": session.status}
    for hook in agent_hooks.newest(db, session.key_id, _MOST_TOLD):
        if event in hook.events:
            _noted(db, platform, hook, event, body)


def _noted(
    db: Session, platform: Platform, hook: Hook, event: str, body: dict[str, Any]
) -> Delivery:
    status = "pending" if platform.settings.hook_delivery else "skipped"
    row = Delivery(hook_id=hook.id, event=event, body=body, status=status, attempts=0)
    db.add(row)
    return row


def _shown(row: Hook) -> shapes.HookShown:
    return shapes.HookShown(
        hook_id=row.id,
        url=row.url,
        events=cast("list[shapes.HookEvent]", row.events),
        created_at=row.created_at,
    )


def _delivery(row: Delivery) -> shapes.HookDelivery:
    return shapes.HookDelivery(
        delivery_id=row.id,
        event=cast("shapes.DeliveryEvent", row.event),
        status=cast("shapes.DeliveryStatus", row.status),
        attempts=row.attempts,
        response_status=row.response_status,
        created_at=row.created_at,
    )
