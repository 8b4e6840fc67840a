"""Worlds for tests: made only in tenants that this made itself, never over anyone else's."""

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from troth.reference.domain import planting
from troth.reference.passwords import hashed, matches
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError
from troth.reference.schemas.fixtures import Applied, Fixtures, Seeded, TenantFixture, UserFixture
from troth.reference.storage import users
from troth.reference.storage.tables import Tenant, User

_FOREIGN = "A tenant or user of this key exists, and was not made by fixtures."


def apply(platform: Platform, world: Fixtures) -> Applied:
    """Put the world in place; all of it or, on a conflict, nothing."""
    hashes = _hashes(platform, world)
    applied = Applied(tenants=[], users=[], conversations=[], created=0)
    try:
        with platform.database.write() as db:
            for each in world.tenants:
                _tenant(db, each, hashes, applied)
    except IntegrityError:  # a twin of this request was faster
        raise ProblemError(409, _FOREIGN) from None
    return applied


def _hashes(platform: Platform, world: Fixtures) -> dict[tuple[str, str], str]:
    """The hash of each user's password, the present one where it is right: outside the write."""
    given = [user for tenant in world.tenants for user in tenant.users]
    with platform.database.read() as db:
        present = {user.email: users.by_email(db, user.email) for user in given}
    found: dict[tuple[str, str], str] = {}
    for user in given:
        there, key = present[user.email], (user.email, user.password)
        if there is not None and there.origin != "fixture":
            raise ProblemError(409, _FOREIGN)
        if key not in found:
            same = there is not None and matches(user.password, there.password_hash)
            found[key] = there.password_hash if there and same else hashed(user.password)
    return found


def _tenant(
    db: Session, spec: TenantFixture, hashes: dict[tuple[str, str], str], applied: Applied
) -> None:
    home, new = planting.tenant(db, spec.slug, spec.name, "fixture")
    if home.origin != "fixture":
        raise ProblemError(409, _FOREIGN)
    applied.tenants.append(Seeded(key=spec.slug, id=home.id))
    applied.created += new
    for each in spec.users:
        _user(db, home, each, hashes[each.email, each.password], applied)


def _user(db: Session, home: Tenant, spec: UserFixture, stored: str, applied: Applied) -> None:
    made = User(
        email=spec.email.lower(),
        display_name=spec.display_name,
        role=spec.role,
        password_hash=stored,
        origin="fixture",
    )
    there, new = planting.user(db, home, made)
    if there.origin != "fixture" or there.tenant_id != home.id:
        raise ProblemError(409, _FOREIGN)
    there.password_hash, there.role, there.status = stored, spec.role, "active"
    applied.users.append(Seeded(key=there.email, id=there.id))
    applied.created += new
    for each in spec.conversations:
        row, fresh = planting.conversation(db, there, each.key, each.display_name, each.messages)
        applied.conversations.append(Seeded(key=each.key, id=row.id))
        applied.created += fresh
