"""Runs one turn of a session: alone with it, interruptible, and whole or not at all."""

import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass

import anyio
from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool

from troth.reference.bus import Message, listening
from troth.reference.domain import agent_turn_rows as rows
from troth.reference.domain import hook_delivery
from troth.reference.domain.access import Holder
from troth.reference.domain.agent_sessions import topic
from troth.reference.domain.agent_turns import Piece, Question, Step, TurnFault, Turns, Wrote
from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.problems import DETAILS
from troth.reference.schemas import agent_events as events
from troth.reference.storage.tables import new_id
from troth.reference.unreachable import UNREACHABLE

LONGEST = 60.0
"""Seconds that a turn may take; shorter than its lease, which so never runs out under it."""


@dataclass(frozen=True)
class Happened:
    """One event of a turn, before it is written as SSE or as a frame."""

    type: str
    data: BaseModel


async def begun(source: AsyncGenerator[Happened]) -> AsyncGenerator[Happened]:
    """The same events, when the first has happened: a refusal is still a plain response then."""
    first = await anext(source)

    async def rest() -> AsyncGenerator[Happened]:
        async with aclosing(source):
            yield first
            async for each in source:
                yield each

    return rest()


async def run(
    platform: Platform, owner: Holder, wanted: rows.Wanted, turns: Turns
) -> AsyncGenerator[Happened]:
    """The events of one turn. Raises ProblemError before the first if there can be none."""
    fresh = wanted.kind in ("query", "fork")
    id_ = new_id() if fresh else wanted.source.lower()
    # Listened to before the turn begins: no interruption falls between.
    async with listening(platform.bus, topic(id_)) as heard:
        # Shielded: a lease that was taken is always in the hands of somebody who gives it back.
        with anyio.CancelScope(shield=True):
            began = await run_in_threadpool(rows.begin, platform, owner, wanted, id_)
        left = False
        try:
            yield Happened("init", began.init)
            heap = rows.Heap()
            fault: TurnFault | None = None
            steps = turns.take(began.turn)
            try:
                async with aclosing(_until_interrupted(steps, heard, began.run)) as live:
                    async for step in live:
                        yield _happened(id_, heap, step)
            except TurnFault as error:
                fault = error
            finally:
                await _let_go(steps)
            # Given back before anybody hears the end: whoever does may go on at once.
            left, last = True, await _end(platform, began, heap, fault)
            if isinstance(last, events.AgentResult) and last.status == "waiting":
                yield Happened("question", events.AgentQuestion(session_id=id_, text=heap.question))
            yield Happened("error" if isinstance(last, events.AgentError) else "result", last)
            yield Happened("done", events.AgentDone(session_id=id_))
        finally:
            if not left:
                # Whoever listened has gone: nothing may cancel this.
                with anyio.CancelScope(shield=True):
                    await run_in_threadpool(rows.leave, platform, began)


async def _end(
    platform: Platform, began: rows.Began, heap: rows.Heap, fault: TurnFault | None
) -> events.AgentResult | events.AgentError:
    with anyio.CancelScope(shield=True):
        try:
            last = await run_in_threadpool(rows.finish, platform, began, heap, fault)
        except UNREACHABLE:
            last = events.AgentError(
                session_id=began.session_id, code="unavailable", detail=DETAILS[503]
            )
        finally:
            await run_in_threadpool(rows.leave, platform, began)
    hook_delivery.kick(platform)
    return last


async def _until_interrupted(
    steps: AsyncIterator[Step], heard: "asyncio.Queue[Message]", run: str
) -> AsyncGenerator[Step]:
    loop = asyncio.get_running_loop()
    deadline = loop.time() + LONGEST
    told = asyncio.ensure_future(_told(heard, run))
    coming: asyncio.Future[Step] | None = None
    try:
        while True:
            coming = asyncio.ensure_future(_next(steps))
            patience = max(0.0, deadline - loop.time())
            done, _ = await asyncio.wait(
                {told, coming}, timeout=patience, return_when=asyncio.FIRST_COMPLETED
            )
            if told in done:
                return
            if coming not in done:
                raise TurnFault("timed_out", "The turn took too long.")
            try:
                step = coming.result()
            except StopAsyncIteration:
                return
            except TurnFault:
                raise
            except Exception as error:
                log(logging.ERROR, "agent.failed", exc_info=error)
                raise TurnFault("provider_failed", "The agent failed.") from error
            yield step
    finally:
        for each in (told, coming):
            if each is not None and not each.done():
                each.cancel()
                with suppress(asyncio.CancelledError, Exception):
                    await each


async def _told(heard: "asyncio.Queue[Message]", run: str) -> None:
    """Until somebody interrupts this very run."""
    while (await heard.get()).get("run") != run:
        pass


async def _next(steps: AsyncIterator[Step]) -> Step:
    return await anext(steps)


async def _let_go(steps: AsyncIterator[Step]) -> None:
    ending = getattr(steps, "aclose", None)
    if ending is not None:
        with suppress(Exception):
            await ending()


def _happened(id_: str, heap: rows.Heap, step: Step) -> Happened:
    heap.add(step)
    if isinstance(step, Piece):
        index = len(heap.pieces) - 1
        return Happened("partial", events.AgentPartial(session_id=id_, index=index, text=step.text))
    if isinstance(step, Question):
        said = events.AgentMessage(session_id=id_, role="assistant", content=step.text)
        return Happened("message", said)
    text = step.said if isinstance(step, Wrote) else step.text
    return Happened("message", events.AgentMessage(session_id=id_, role="tool", content=text))
