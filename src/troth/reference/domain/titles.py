"""A conversation's title, made from what its user said first."""

import json
import re
from collections.abc import AsyncIterator

from troth.reference.domain.access import Caller
from troth.reference.domain.conversations import owned
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.schemas.chat import TitleCompleted, TitleDelta
from troth.reference.schemas.public_events import DONE
from troth.reference.storage import turns

_WORD = re.compile(r"\w+")
_WORDS = 6
_LONGEST = 80


def made_of(text: str) -> str:
    """The title of a conversation that begins with `text`."""
    return " ".join(_WORD.findall(text)[:_WORDS])[:_LONGEST].strip() or "New conversation"


def anew(platform: Platform, caller: Caller, id_: str) -> TitleCompleted:
    """The title that its first question makes; the present name where nothing was asked."""
    with platform.database.read() as db:
        row = owned(db, caller, id_)
        first = turns.first_question(db, row.id)
        return TitleCompleted(conversation_id=row.id, title=made_of(first) if first else row.title)


async def told(whole: TitleCompleted) -> AsyncIterator[Event]:
    """The title word by word, then whole."""
    for number, word in enumerate(whole.title.split(" ")):
        piece = TitleDelta(delta=f" {word}" if number else word)
        yield Event("title.delta", json.dumps(piece.model_dump()))
    yield Event("title.completed", json.dumps(whole.model_dump()))
    yield Event("done", DONE)
