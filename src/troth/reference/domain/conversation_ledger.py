"""The ledger of a user's own conversation."""

from collections.abc import AsyncIterator

from troth.reference.domain import ledger
from troth.reference.domain.access import Caller
from troth.reference.domain.conversations import owned
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.schemas.public_events import LedgerPage
from troth.reference.storage.ledger import Stream
from troth.reference.storage.pages import Span


def pages(platform: Platform, caller: Caller, id_: str, span: Span) -> LedgerPage:
    """What was sent, a page at a time."""
    with platform.database.read() as db:
        return ledger.pages(db, Stream(conversation_id=owned(db, caller, id_).id), span)


def replay(platform: Platform, caller: Caller, id_: str) -> AsyncIterator[Event]:
    """What was sent, once more; ProblemError 404 before anything is."""
    with platform.database.read() as db:
        stream = Stream(conversation_id=owned(db, caller, id_).id)
    return ledger.replay(platform, stream)
