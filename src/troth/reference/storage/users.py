"""Users of a tenant; whoever asks for another tenant's finds nothing."""

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from troth.reference.storage.tables import Tenant, User


def by_email(db: Session, email: str) -> User | None:
    """The user of that address, in whatever case it was written."""
    return db.scalar(select(User).where(User.email == email.lower()))


def with_tenant(db: Session, email: str) -> tuple[User, Tenant] | None:
    """The user of that address with their tenant, by one query whether there is one or not."""
    query = select(User, Tenant).join(Tenant, Tenant.id == User.tenant_id)
    found = db.execute(query.where(User.email == email.lower())).first()
    return None if found is None else (found[0], found[1])


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


def unchanged(db: Session, user: User) -> bool:
    """Whether the user is there still, active, with that password; kept so until the end."""
    query = select(User.id).where(
        User.id == user.id, User.password_hash == user.password_hash, User.status == "active"
    )
    return db.scalar(query.with_for_update(read=True)) is not None
