"""Takes messages from anybody: so many a minute, each once, none from whoever fills the trap."""

from contextlib import suppress
from hashlib import sha256

from sqlalchemy.exc import IntegrityError

from troth.reference.domain.access import take
from troth.reference.platform import Platform
from troth.reference.schemas.contact import ContactReceived, NewContact
from troth.reference.storage.contact import ContactMessage
from troth.reference.storage.tables import now
from troth.reference.trace import Trace

_THANKS = ContactReceived(success=True, message="Thank you; we have your message.")


def receive(platform: Platform, trace: Trace, address: str, new: NewContact) -> ContactReceived:
    """Keep a message; whoever is dropped is not told."""
    sender, limit = new.email.lower(), platform.settings.contact_rate_limit
    take(platform, trace, f"contact-from:{_digest(address)}", limit)
    take(platform, trace, f"contact-by:{_digest(sender)}", limit)
    if new.website:
        return _THANKS
    row = ContactMessage(
        name=new.name,
        email=sender,
        subject=new.subject,
        message=new.message,
        digest=_digest(sender, new.subject, new.message, now().date().isoformat()),
    )
    with suppress(IntegrityError), platform.database.write() as db:  # a duplicate is no error
        db.add(row)
    return _THANKS


def _digest(*parts: str) -> str:
    return sha256("\0".join(parts).encode()).hexdigest()
