"""What a user has consented to, once and for all, and wants to hear of, until told otherwise."""

from typing import cast

from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.problems import unauthenticated
from troth.reference.schemas import preferences as shapes
from troth.reference.storage import consents, preferences, users
from troth.reference.storage.consents import Consent
from troth.reference.storage.pages import Span, page
from troth.reference.storage.preferences import NotificationPreference
from troth.reference.storage.tables import now
from troth.reference.storage.upsert import put


def consent(platform: Platform, caller: Caller, new: shapes.NewConsent) -> shapes.ConsentGiven:
    """Record a consent; one that is there stays as old as it is."""
    key = {"user_id": caller.user_id, "policy_key": new.policy_key, "version": new.version}
    with platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        row = put(db, Consent, key, {})
    return shapes.ConsentGiven(success=True, consent=_consent(row))


def consented(platform: Platform, caller: Caller, span: Span) -> shapes.ConsentPage:
    """The caller's consents."""
    with platform.database.read() as db:
        rows = page(db, Consent, consents.of_user(caller.user_id), span)
    return shapes.ConsentPage(
        items=[_consent(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def prefer(platform: Platform, caller: Caller, new: shapes.NewPreference) -> shapes.PreferenceShown:
    """Set one preference."""
    key = {"user_id": caller.user_id, "channel": new.channel, "category": new.category}
    with platform.database.write() as db:
        if not users.exists(db, caller.user_id):
            raise unauthenticated(error="invalid_token")
        values = {"enabled": new.enabled, "updated_at": now()}
        row = put(db, NotificationPreference, key, values)
    return _preference(row)


def preferred(platform: Platform, caller: Caller, span: Span) -> shapes.PreferencePage:
    """The caller's preferences."""
    with platform.database.read() as db:
        rows = page(db, NotificationPreference, preferences.of_user(caller.user_id), span)
    return shapes.PreferencePage(
        items=[_preference(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def _consent(row: Consent) -> shapes.ConsentShown:
    return shapes.ConsentShown(
        id=row.id, policy_key=row.policy_key, version=row.version, created_at=row.created_at
    )


def _preference(row: NotificationPreference) -> shapes.PreferenceShown:
    return shapes.PreferenceShown(
        id=row.id,
        channel=cast("shapes.Channel", row.channel),
        category=cast("shapes.Category", row.category),
        enabled=row.enabled,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
