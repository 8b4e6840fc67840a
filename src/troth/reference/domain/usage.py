"""What a tenant has used, counted month by month where it is used."""

from sqlalchemy.orm import Session

from troth.reference.domain.access import Caller
from troth.reference.platform import Platform
from troth.reference.schemas.usage import CounterShown, UsagePage
from troth.reference.storage import tenants, usage
from troth.reference.storage.pages import Span, page
from troth.reference.storage.tables import now
from troth.reference.storage.usage import UsageCounter

_SEEDED = ("acme", "globex")
_PLANTED_CONVERSATIONS = 2


def count(db: Session, tenant_id: str, feature: str, quantity: int = 1) -> None:
    """Count so much of a feature, in the caller's own transaction.

    Best called last: until the transaction ends, others who count the same wait.
    """
    usage.add(db, tenant_id, feature, f"{now():%Y-%m}", quantity)


def pages(platform: Platform, caller: Caller, span: Span) -> UsagePage:
    """The counters of the caller's tenant."""
    with platform.database.read() as db:
        rows = page(db, UsageCounter, usage.of_tenant(caller.tenant_id), span)
    return UsagePage(
        items=[
            CounterShown(
                id=row.id,
                feature=row.feature,
                period=row.period,
                count=row.count,
                created_at=row.created_at,
                updated_at=row.updated_at,
            )
            for row in rows.items
        ],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def plant(_: Platform, db: Session) -> None:
    """The seed's conversations, counted once."""
    for slug in _SEEDED:
        home = tenants.by_slug(db, slug)
        if home is not None and db.scalar(usage.of_tenant(home.id).limit(1)) is None:
            count(db, home.id, "conversations", _PLANTED_CONVERSATIONS)
