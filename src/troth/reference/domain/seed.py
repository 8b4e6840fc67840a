"""The people every target file of troth knows: alice, bob, carol, an admin and an operator."""

from collections.abc import Callable

from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.orm import Session

from troth.reference.domain import activity, billed, content_seed, planting, status, usage
from troth.reference.passwords import hashed, unusable
from troth.reference.platform import Platform
from troth.reference.schemas.conversations import NewMessage
from troth.reference.storage import users
from troth.reference.storage.tables import User

_TENANTS = {"acme": "Acme", "globex": "Globex"}
_TALK = [
    NewMessage(role="user", content="How did the quarter go?"),
    NewMessage(role="assistant", content="Better than the one before."),
]
_SEED_LOCK = 7_270_685
PLANTS: tuple[Callable[[Platform, Session], None], ...] = (
    content_seed.plant,
    usage.plant,
    status.plant,
    activity.plant,
    billed.plant,
)
"""What each domain adds to the seed; idempotent, in this order."""


def seed(platform: Platform) -> None:
    """Put the seed in place; a seeded password is as the environment says, whatever it was."""
    env = platform.settings
    people: list[tuple[str, str, str, str, SecretStr | None]] = [
        ("alice@acme.test", "Alice", "acme", "owner", env.password_alice),
        ("bob@globex.test", "Bob", "globex", "owner", env.password_bob),
        ("carol@acme.test", "Carol", "acme", "viewer", env.password_carol),
        ("admin@acme.test", "Admin", "acme", "admin", env.password_admin),
        ("operator@troth.test", "Operator", "acme", "operator", env.password_operator),
    ]
    hashes = [hashed(each[4].get_secret_value()) if each[4] else unusable() for each in people]
    with platform.database.write() as db:
        if db.get_bind().dialect.name == "postgresql":
            db.execute(text(f"SELECT pg_advisory_xact_lock({_SEED_LOCK})"))
        homes = {
            slug: planting.tenant(db, slug, name, "seed")[0] for slug, name in _TENANTS.items()
        }
        for (email, name, slug, role, password), stored in zip(people, hashes, strict=True):
            new = User(
                email=email,
                display_name=name,
                role=role,
                password_hash=stored,
                origin="seed",
            )
            there, created = planting.user(db, homes[slug], new)
            if not created and password is not None and there.origin == "seed":
                there.password_hash = stored
        for email in ("alice@acme.test", "bob@globex.test"):
            owner = users.by_email(db, email)
            if owner is None:
                continue
            planting.conversation(db, owner, "first", "Quarterly report", _TALK)
            planting.conversation(db, owner, "second", "Travel plans", _TALK[:1])
        for slug, key in (("acme", env.key_alice), ("globex", env.key_bob)):
            if key is not None:
                planting.api_key(db, homes[slug], "seed", key.get_secret_value())
        for plant in PLANTS:
            plant(platform, db)
