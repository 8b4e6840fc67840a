"""A turn that holds a lease: begun by what the user says, and ended for good exactly once."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from troth.reference.domain import ledger, titles
from troth.reference.domain.access import Caller
from troth.reference.domain.agents import DEFAULT
from troth.reference.domain.concurrency import leased
from troth.reference.domain.conversations import owned
from troth.reference.domain.providers import Question, Said, counted
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import unauthenticated
from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.chat import NewTurn
from troth.reference.storage import conversations, turns, users
from troth.reference.storage import ledger as ledgers
from troth.reference.storage.ledger import Stream
from troth.reference.storage.tables import Conversation, Tenant, new_id


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn that has begun, and holds a lease."""

    caller: Caller
    conversation_id: str
    run_id: str
    agent_key: AgentKey
    question: Question
    lease: str
    begun: Event

    @property
    def stream(self) -> Stream:
        """Where its events are kept."""
        return Stream(conversation_id=self.conversation_id)


def begin(platform: Platform, caller: Caller, new: NewTurn) -> Turn:
    """Note what the user said; 404 for another's conversation, 429 if too many turns go on."""
    most = platform.settings.chat_concurrency
    with leased(platform, _key(caller), most) as lease, platform.database.write() as db:
        return _begun(db, caller, new, lease)


def _begun(db: Session, caller: Caller, new: NewTurn, lease: str) -> Turn:
    if not users.exists(db, caller.user_id):
        raise unauthenticated(error="invalid_token")
    if new.conversation_id is None:
        row = Conversation(user_id=caller.user_id, title=titles.made_of(new.message))
        db.add(row)
        db.flush()
        conversations.note(db, row.id, "conversation.created")
    else:
        row = owned(db, caller, new.conversation_id, lock=True)
    agent_key: AgentKey = new.agent_key or DEFAULT
    question = Question(agent_key, new.message, _remembered(db, caller, row))
    turns.say(db, row, "user", new.message)
    run_id = new_id()
    stream = Stream(conversation_id=row.id)
    begun = ledger.append(db, stream, run_id, "lifecycle", status="running")
    return Turn(caller, row.id, run_id, agent_key, question, lease, begun)


def _remembered(db: Session, caller: Caller, row: Conversation) -> tuple[Said, ...]:
    """As many turns as the conversation's memory has room for; none where the tenant forbids it."""
    tenant = db.get(Tenant, caller.tenant_id)
    if row.memory_mode == "none" or tenant is None or not tenant.allow_memory:
        return ()
    latest = turns.latest(db, row.id, 2 * row.memory_turns)
    return tuple(
        Said("user" if each.role == "user" else "assistant", each.content) for each in latest
    )


def end(platform: Platform, turn: Turn) -> None:
    """Give the lease back; a turn that has not come to its end is canceled."""
    try:
        with platform.database.read() as db:
            ended = ledgers.ended(db, turn.run_id)
        if not ended:
            _cancel(platform, turn)
    finally:
        platform.leases.release(_key(turn.caller), turn.lease)


def _cancel(platform: Platform, turn: Turn) -> None:
    with platform.database.write() as db:
        # Without the conversation there is no ledger left to write to.
        if conversations.one(db, turn.caller.user_id, turn.conversation_id, lock=True):
            ledger.append(
                db, turn.stream, turn.run_id, "final", status="canceled", usage=counted(())
            )


def _key(caller: Caller) -> str:
    return f"chat:{caller.user_id}"
