"""Users of a tenant; whoever asks for another tenant's finds nothing."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from troth.reference.storage.tables import User


def by_email(db: Session, email: str) -> User | None:
    """The user of that address, in whatever case it was written."""
    return db.scalar(select(User).where(User.email == email.lower()))


def of_tenant(tenant_id: str) -> Select[User]:
    """All users of a tenant."""
    return select(User).where(User.tenant_id == tenant_id)


def in_tenant(db: Session, tenant_id: str, user_id: str, *, lock: bool = False) -> User | None:
    """One user of a tenant, locked against other writers if asked."""
    query = of_tenant(tenant_id).where(User.id == user_id.lower())
    return db.scalar(query.with_for_update() if lock else query)


def exists(db: Session, user_id: str) -> bool:
    """Whether the user is there still; kept from deletion until the transaction ends."""
    query = select(User.id).where(User.id == user_id).with_for_update(read=True)
    return db.scalar(query) is not None
