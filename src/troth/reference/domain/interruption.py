"""Items of a generator until somebody says that they are wanted no more."""

import asyncio
from collections.abc import AsyncGenerator
from typing import TypeVar

from anyio import CancelScope

from troth.reference.bus import MISSED, Message

Item = TypeVar("Item")


class StoppedError(Exception):
    """No more are wanted."""


async def until(
    source: AsyncGenerator[Item], said: "asyncio.Queue[Message]"
) -> AsyncGenerator[Item]:
    """Each item of `source`; StoppedError as soon as something is `said`."""
    stop = asyncio.ensure_future(_something(said))
    following: asyncio.Future[Item] | None = None
    try:
        while True:
            following = asyncio.ensure_future(anext(source))
            await asyncio.wait({following, stop}, return_when=asyncio.FIRST_COMPLETED)
            if stop.done():
                raise StoppedError
            try:
                item = following.result()
            except StopAsyncIteration:
                return
            yield item
    finally:
        with CancelScope(shield=True):
            pending = [each for each in (stop, following) if each is not None]
            for each in pending:
                each.cancel()
            await asyncio.gather(*pending, return_exceptions=True)
            await source.aclose()


async def _something(said: "asyncio.Queue[Message]") -> None:
    # Something that was lost may have been the stop: what is kept says so, and is asked each time.
    while await said.get() is MISSED:
        pass
