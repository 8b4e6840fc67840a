"""Background work: tasks that begin with the service, run at their interval, and end with it."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from starlette.concurrency import run_in_threadpool

from troth.reference.logs import log
from troth.reference.storage.tables import now


@dataclass(slots=True)
class Task:
    """A function that runs every `interval` seconds; what it did can be seen."""

    name: str
    interval: float
    work: Callable[[], int]
    """Does one round, and says how many things it changed."""
    rounds: int = 0
    changed: int = 0
    failures: int = 0
    running: bool = False
    last: datetime | None = None


@dataclass(slots=True)
class Background:
    """All tasks of one instance."""

    tasks: list[Task] = field(default_factory=list)
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    def add(self, task: Task) -> None:
        """Run `task` too, from the next start on."""
        self.tasks.append(task)

    async def start(self) -> None:
        """Begin; each task's first round is at once."""
        self._running = [asyncio.create_task(_repeat(each)) for each in self.tasks]

    async def stop(self) -> None:
        """End all of them; a round that is under way is waited for."""
        for each in self._running:
            each.cancel()
        for each in self._running:
            with suppress(asyncio.CancelledError):
                await each
        self._running = []

    def seen(self) -> Sequence[Task]:
        """What the tasks have done so far."""
        return tuple(self.tasks)


async def _whole(task: Task) -> int:
    """One round, which ends whole: whoever stops the service waits for it."""
    going_on = asyncio.ensure_future(run_in_threadpool(task.work))
    try:
        return await asyncio.shield(going_on)
    except asyncio.CancelledError:
        await asyncio.wait({going_on})
        if error := going_on.exception():
            log(logging.ERROR, "background.failed", task=task.name, exc_info=error)
        raise


async def _repeat(task: Task) -> None:
    task.running = True
    log(logging.INFO, "background.started", task=task.name)
    try:
        while True:
            try:
                changed = await _whole(task)
            except Exception as error:  # noqa: BLE001 - the next round may be luckier, and it is said
                task.failures += 1
                log(logging.ERROR, "background.failed", task=task.name, exc_info=error)
            else:
                task.changed += changed
            task.rounds += 1
            task.last = now()
            await asyncio.sleep(task.interval)
    finally:
        task.running = False
        log(logging.INFO, "background.stopped", task=task.name)
