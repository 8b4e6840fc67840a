"""Tokens of service accounts: each is of an account, and of the user who answers for it."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ForeignKey, Index, Select, String, Text, select, update
from sqlalchemy.orm import Mapped, Session, aliased, mapped_column

from troth.reference.storage.tables import Base, Moment, Tenant, User, new_id, now


class ServiceToken(Base):
    """One token; its id is the token's jti."""

    __tablename__ = "service_tokens"
    id: Mapped[str] = mapped_column(String(36), primary_key=True, default=new_id)
    tenant_id: Mapped[str] = mapped_column(ForeignKey("tenants.id", ondelete="CASCADE"))
    account_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    issuer_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(Text)
    scopes: Mapped[str] = mapped_column(Text)
    origin: Mapped[str | None] = mapped_column(Text, default=None)
    """Of a token for browsers: the one origin that may send it."""
    created_at: Mapped[datetime] = mapped_column(Moment, default=now)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment, default=None)
    __table_args__ = (Index("service_tokens_in_order", "tenant_id", "created_at", "id"),)


class Bearer(NamedTuple):
    """Whose token it is, who answers for it, and where they are."""

    token: ServiceToken
    account: User
    issuer: User
    tenant: Tenant


def of_tenant(tenant_id: str) -> Select[ServiceToken]:
    """All tokens of the tenant's service accounts."""
    return select(ServiceToken).where(ServiceToken.tenant_id == tenant_id)


def one(db: Session, tenant_id: str, jti: str) -> ServiceToken | None:
    """One of them."""
    return db.scalar(of_tenant(tenant_id).where(ServiceToken.id == jti.lower()))


def bearer(db: Session, jti: str) -> Bearer | None:
    """Whose live token it is, if the account and its issuer are active."""
    account, issuer = aliased(User), aliased(User)
    row = db.execute(
        select(ServiceToken, account, issuer, Tenant)
        .join(account, account.id == ServiceToken.account_id)
        .join(issuer, issuer.id == ServiceToken.issuer_id)
        .join(Tenant, Tenant.id == ServiceToken.tenant_id)
        .where(
            ServiceToken.id == jti,
            ServiceToken.revoked_at.is_(None),
            ServiceToken.expires_at > now(),
            account.status == "active",
            issuer.status == "active",
        )
    ).first()
    return None if row is None else Bearer(*row)


def revoke(db: Session, jti: str) -> bool:
    """Revoke it; whether that changed anything."""
    done = db.execute(
        update(ServiceToken)
        .where(ServiceToken.id == jti, ServiceToken.revoked_at.is_(None))
        .values(revoked_at=now())
        .returning(ServiceToken.id),
        execution_options={"synchronize_session": False},
    )
    return done.first() is not None
