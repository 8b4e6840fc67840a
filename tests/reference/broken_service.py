"""`python -m tests.reference.broken_service`: the reference service with routes that crash."""

import asyncio
import threading
import warnings
from functools import partial

from fastapi import APIRouter

from troth.reference import starting as service
from troth.reference.app import create_app

SECRET = "secret-of-a-crash-8d21"
routes = APIRouter()
_tasks: set[asyncio.Task[None]] = set()


def crash() -> None:
    raise ValueError(SECRET)


async def crash_later() -> None:
    crash()


@routes.get("/broken/request")
def request() -> None:
    crash()


@routes.get("/broken/task")
async def task() -> str:
    # Held by nobody: asyncio says so when it is collected.
    asyncio.get_running_loop().create_task(crash_later())
    return "begun"


@routes.get("/broken/thread")
def thread() -> str:
    started = threading.Thread(target=crash)
    started.start()
    started.join()
    return "ended"


@routes.get("/broken/warning")
def warning() -> str:
    warnings.warn("nobody should do this", stacklevel=1)
    return "warned"


if __name__ == "__main__":
    service.create_app = partial(create_app, extra=(routes,))
    service.main()
