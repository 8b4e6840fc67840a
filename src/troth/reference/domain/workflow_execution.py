"""Goes through the steps of a run; each event is kept together with the state it tells of."""

from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing, contextmanager

from anyio import CancelScope
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from troth.reference.bus import listening
from troth.reference.domain import executions, ledger
from troth.reference.domain.access import Caller
from troth.reference.domain.executions import Execution, entered
from troth.reference.domain.interruption import StoppedError, until
from troth.reference.domain.provider_choice import chosen
from troth.reference.domain.providers import Delta, ProviderError, Question, Spent
from troth.reference.domain.workflow_catalog import Step
from troth.reference.domain.workflow_runs import final, one, topic
from troth.reference.events import Event
from troth.reference.platform import Platform
from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.workflows import NewRun, RunDetail
from troth.reference.storage import workflow_runs as runs

ORDER = (
    "lifecycle (lifecycle (step.started message.delta* step.completed)* "
    "(step.started message.delta*)?)? (lifecycle|error final|final)"
)


async def started(platform: Platform, caller: Caller, key: str, new: NewRun) -> RunDetail:
    """A new run, as far as it goes without anybody's help."""
    begun = await run_in_threadpool(executions.begin, platform, caller, key, new)
    return await _whole(platform, begun)


async def approved(platform: Platform, caller: Caller, run_id: str) -> RunDetail:
    """A run that waited, as far as it goes from there."""
    begun = await run_in_threadpool(executions.approve, platform, caller, run_id)
    return await _whole(platform, begun)


async def _whole(platform: Platform, execution: Execution) -> RunDetail:
    try:
        async with aclosing(events(platform, execution)) as source:
            async for _ in source:
                pass
    finally:
        # Shielded: a service that stops cancels what takes long, and must not cancel this.
        with CancelScope(shield=True):
            await run_in_threadpool(executions.end, platform, execution)
    return await run_in_threadpool(one, platform, execution.caller, execution.run_id)


async def events(platform: Platform, execution: Execution) -> AsyncGenerator[Event]:
    """What is told of the execution; whoever cancels the run ends it."""
    event = execution.begun
    yield event
    try:
        async with aclosing(_steps(platform, execution)) as told:
            async for event in told:
                yield event
    except StoppedError:
        # Whoever stopped the run has written how it ended.
        after = int(event.id or 0)
        for each in await run_in_threadpool(ledger.since, platform, execution.stream, after):
            yield each


async def _steps(platform: Platform, execution: Execution) -> AsyncGenerator[Event]:
    text = execution.text
    async with listening(platform.bus, topic(execution.run_id)) as stopped:
        if execution.position == 0:
            yield await run_in_threadpool(_run, platform, execution)
        for step in execution.workflow.steps[execution.position :]:
            if step.agent_key is None:
                yield await run_in_threadpool(_wait, platform, execution, step)
                return
            yield await run_in_threadpool(_start, platform, execution, step, step.agent_key)
            said, spent = "", Spent(0, 0)
            answer = chosen(platform.settings).answer(Question(step.agent_key, text))
            try:
                async with aclosing(until(answer, stopped)) as pieces:
                    async for piece in pieces:
                        if isinstance(piece, Delta):
                            said += piece.text
                            yield await run_in_threadpool(
                                _delta, platform, execution, step.agent_key, piece.text
                            )
                        else:
                            spent = piece
            except ProviderError:
                for event in await run_in_threadpool(_fail, platform, execution):
                    yield event
                return
            text = said
            yield await run_in_threadpool(_complete, platform, execution, step, said, spent)
        yield await run_in_threadpool(_succeed, platform, execution, text)


@contextmanager
def _going_on(platform: Platform, execution: Execution) -> Iterator[Session]:
    """A transaction that has the run locked, and running."""
    with platform.database.write() as db:
        if not runs.hold(db, execution.run_id, "running"):
            raise StoppedError
        yield db


def _run(platform: Platform, execution: Execution) -> Event:
    with platform.database.write() as db:
        if not runs.move(db, execution.run_id, "running"):
            raise StoppedError
        return entered(db, execution.run_id, "running")


def _wait(platform: Platform, execution: Execution, step: Step) -> Event:
    with _going_on(platform, execution) as db:
        runs.move(db, execution.run_id, "waiting")
        runs.move_step(db, execution.run_id, step.key, "waiting")
        return entered(db, execution.run_id, "waiting")


def _start(platform: Platform, execution: Execution, step: Step, agent_key: AgentKey) -> Event:
    with _going_on(platform, execution) as db:
        runs.move_step(db, execution.run_id, step.key, "running")
        said = {"step_key": step.key, "agent_key": agent_key}
        return ledger.append(db, execution.stream, execution.run_id, "step.started", **said)


def _delta(platform: Platform, execution: Execution, agent_key: AgentKey, text: str) -> Event:
    with _going_on(platform, execution) as db:
        said = {"agent_key": agent_key, "delta": text}
        return ledger.append(db, execution.stream, execution.run_id, "message.delta", **said)


def _complete(
    platform: Platform, execution: Execution, step: Step, text: str, spent: Spent
) -> Event:
    with _going_on(platform, execution) as db:
        runs.move_step(
            db,
            execution.run_id,
            step.key,
            "succeeded",
            output=text,
            prompt_tokens=spent.prompt,
            completion_tokens=spent.completion,
        )
        said = {"step_key": step.key, "output": text}
        return ledger.append(db, execution.stream, execution.run_id, "step.completed", **said)


def _succeed(platform: Platform, execution: Execution, text: str) -> Event:
    with _going_on(platform, execution) as db:
        runs.move(db, execution.run_id, "succeeded", output=text)
        return final(db, execution.run_id, "succeeded")


def _fail(platform: Platform, execution: Execution) -> list[Event]:
    with _going_on(platform, execution) as db:
        runs.move(db, execution.run_id, "failed")
        runs.end_steps(db, execution.run_id, "failed")
        said = {"code": "provider_failed", "message": "The provider broke off."}
        error = ledger.append(db, execution.stream, execution.run_id, "error", **said)
        return [error, final(db, execution.run_id, "failed")]
