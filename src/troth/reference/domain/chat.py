"""What an agent answers in a turn; each event of it is kept before it is sent."""

import json
from collections.abc import AsyncGenerator
from contextlib import aclosing

from anyio import CancelScope
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from troth.reference.domain import ledger, messages, turns
from troth.reference.domain.access import Caller
from troth.reference.domain.provider_choice import chosen
from troth.reference.domain.providers import Delta, ProviderError, Spent, counted
from troth.reference.domain.turns import Turn
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas.chat import ChatShown, NewTurn
from troth.reference.schemas.public_events import Usage
from troth.reference.storage import conversations
from troth.reference.storage import ledger as ledgers
from troth.reference.storage.tables import Conversation
from troth.reference.storage.turns import say

ORDER = "lifecycle message.delta* ((message.completed|error) final)?"
"""Without a final only where the conversation is deleted while the agent speaks."""


class _GoneError(Exception):
    """The conversation was deleted while the agent was speaking, or the turn was ended."""


async def answer(platform: Platform, caller: Caller, new: NewTurn) -> ChatShown:
    """The whole answer; 503 where the provider has none."""
    turn = await run_in_threadpool(turns.begin, platform, caller, new)
    try:
        async with aclosing(events(platform, turn)) as source:
            told = {event.type: event async for event in source}
    finally:
        # Shielded: a service that stops cancels what takes long, and must not cancel this.
        with CancelScope(shield=True):
            await run_in_threadpool(turns.end, platform, turn)
    if "error" in told:
        raise ProblemError(503, headers={"Retry-After": "1"})
    if "final" not in told:
        raise unknown()
    message_id = json.loads(told["message.completed"].data)["message_id"]
    return ChatShown(
        conversation_id=turn.conversation_id,
        run_id=turn.run_id,
        agent_key=turn.agent_key,
        message=await run_in_threadpool(
            messages.one, platform, caller, turn.conversation_id, message_id
        ),
        usage=Usage.model_validate(json.loads(told["final"].data)["usage"]),
    )


async def events(platform: Platform, turn: Turn) -> AsyncGenerator[Event]:
    """What is told of the turn."""
    event = turn.begun
    yield event
    said, spent = "", list[Spent]()
    try:
        async with aclosing(chosen(platform.settings).answer(turn.question)) as pieces:
            async for piece in pieces:
                if isinstance(piece, Delta):
                    said += piece.text
                    event = await run_in_threadpool(_delta, platform, turn, piece.text)
                    yield event
                else:
                    spent.append(piece)
        ending = await run_in_threadpool(_answered, platform, turn, said, counted(spent))
    except ProviderError:
        ending = await run_in_threadpool(_failed, platform, turn)
    except _GoneError:
        ending = await run_in_threadpool(_rest, platform, turn, int(event.id or 0))
    for event in ending:
        yield event


def _rest(platform: Platform, turn: Turn, after: int) -> list[Event]:
    """What somebody else has written of the turn."""
    later = ledger.since(platform, turn.stream, after)
    return [each for each in later if json.loads(each.data)["run_id"] == turn.run_id]


def _locked(db: Session, turn: Turn) -> Conversation:
    row = conversations.one(db, turn.caller.user_id, turn.conversation_id, lock=True)
    if row is None or ledgers.ended(db, turn.run_id):
        raise _GoneError
    return row


def _delta(platform: Platform, turn: Turn, text: str) -> Event:
    with platform.database.write() as db:
        _locked(db, turn)
        return ledger.append(
            db,
            turn.stream,
            turn.run_id,
            "message.delta",
            agent_key=turn.agent_key,
            delta=text,
        )


def _answered(platform: Platform, turn: Turn, said: str, usage: Usage) -> list[Event]:
    with platform.database.write() as db:
        message = say(db, _locked(db, turn), "assistant", said)
        completed = ledger.append(
            db,
            turn.stream,
            turn.run_id,
            "message.completed",
            agent_key=turn.agent_key,
            message_id=message.id,
            content=said,
        )
        return [completed, _final(db, turn, "succeeded", usage)]


def _failed(platform: Platform, turn: Turn) -> list[Event]:
    with platform.database.write() as db:
        _locked(db, turn)
        error = ledger.append(
            db,
            turn.stream,
            turn.run_id,
            "error",
            code="provider_failed",
            message="The provider broke off.",
        )
        return [error, _final(db, turn, "failed", counted(()))]


def _final(db: Session, turn: Turn, status: str, usage: Usage) -> Event:
    return ledger.append(db, turn.stream, turn.run_id, "final", status=status, usage=usage)
