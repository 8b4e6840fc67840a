"""Puts tenants, users and conversations in place, idempotently: for the seed and for fixtures."""

from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from sqlalchemy.orm import Session

from troth.reference.schemas.conversations import NewMessage
from troth.reference.storage import conversations, tenants, users
from troth.reference.storage.api_keys import ApiKey
from troth.reference.storage.tables import Conversation, Message, Tenant, User


def stable_id(*parts: str) -> str:
    """The same id for the same key, in every run."""
    return str(uuid5(NAMESPACE_URL, "urn:troth:reference:" + "/".join(parts)))


def tenant(db: Session, slug: str, name: str, origin: str) -> tuple[Tenant, bool]:
    """The tenant of that slug, and whether it is new."""
    found = tenants.by_slug(db, slug)
    if found is not None:
        return found, False
    new = Tenant(id=stable_id("tenant", slug), slug=slug, name=name, origin=origin)
    db.add(new)
    db.flush()
    return new, True


def user(db: Session, home: Tenant, new: User) -> tuple[User, bool]:
    """The user of that address, and whether it is new; one that is there stays as it is."""
    found = users.by_email(db, new.email)
    if found is not None:
        return found, False
    new.tenant_id = home.id
    new.id = stable_id("user", new.email)
    db.add(new)
    db.flush()
    return new, True


def conversation(
    db: Session, owner: User, key: str, title: str, messages: list[NewMessage]
) -> tuple[Conversation, bool]:
    """The owner's conversation of that key, and whether it is new."""
    id_ = stable_id("conversation", owner.email, key)
    found = conversations.one(db, owner.id, id_)
    if found is not None:
        return found, False
    new = Conversation(id=id_, user_id=owner.id, title=title)
    db.add(new)
    db.flush()
    conversations.note(db, id_, "conversation.created")
    for each in messages:
        message = Message(conversation_id=id_, role=each.role, content=each.content)
        db.add(message)
        db.flush()
        conversations.note(db, id_, "message.added", message.id)
    return new, True


def api_key(db: Session, home: Tenant, name: str, secret: str) -> ApiKey:
    """The tenant's key of that name, which is `secret` from now on."""
    id_ = stable_id("api-key", home.slug, name)
    digest = sha256(secret.encode()).hexdigest()
    found = db.get(ApiKey, id_)
    if found is None:
        found = ApiKey(id=id_, tenant_id=home.id, name=name, digest=digest)
        db.add(found)
    found.digest = digest
    db.flush()
    return found
