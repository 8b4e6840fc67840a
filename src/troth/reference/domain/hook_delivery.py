"""Tells hooks what happened: signed, to the address that was checked, following nothing."""

import asyncio
import hashlib
import hmac
import http.client
import json
import logging
import socket
import ssl
import threading
import time
from typing import Any

from starlette.concurrency import run_in_threadpool

from troth.reference.domain.hook_guard import ForbiddenAddressError, Place, place
from troth.reference.leases import locked
from troth.reference.limits import UnreachableError
from troth.reference.logs import log
from troth.reference.platform import Platform
from troth.reference.storage import agent_hooks

ATTEMPTS = 2
PATIENCE = 5.0
"""Seconds that one attempt may take in all."""
_LOCK = "hook-outbox"
_tasks: set[asyncio.Task[None]] = set()


def kick(platform: Platform) -> None:
    """Send what waits, in the background of the running loop."""
    if not platform.settings.hook_delivery:
        return
    task = asyncio.get_running_loop().create_task(run_in_threadpool(deliver, platform))
    # The loop itself holds tasks weakly.
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def deliver(platform: Platform) -> None:
    """Send all that waits, one process at a time; the outcome is in the database."""
    if not platform.settings.hook_delivery:
        return
    try:
        with locked(platform.leases, _LOCK, wait=60.0, ttl=600.0):
            with platform.database.read() as db:
                waiting = agent_hooks.pending(db)
            for each, hook in waiting:
                if platform.stopping.begun.is_set():
                    return  # they wait for the next start
                status, attempts, answered = _settle(platform, each, hook)
                with platform.database.write() as db:
                    agent_hooks.settle(db, each.id, status, attempts, answered)
    except UnreachableError:
        return  # whoever has the outbox sends ours too, or the next does
    except Exception as error:  # noqa: BLE001 - nobody waits for this; what waits is sent the next time
        log(logging.ERROR, "hook.outbox", exc_info=error)


def _settle(
    platform: Platform, each: agent_hooks.Delivery, hook: agent_hooks.Hook
) -> tuple[str, int, int | None]:
    body = json.dumps({"event": each.event, **each.body}).encode()
    answered: int | None = None
    for attempt in range(1, ATTEMPTS + 1):
        try:
            # Looked up anew, and connected to what was found: a name cannot change in between.
            where = place(hook.url, platform.settings.hook_allow, resolve=True)
            answered = post(where, _headers(each.id, hook.digest, body), body)
        except ForbiddenAddressError:
            return "refused", attempt, None
        except (OSError, http.client.HTTPException) as error:
            log(logging.INFO, "hook.failed", delivery=each.id, fault=type(error).__name__)
            continue
        if 200 <= answered < 300:
            return "delivered", attempt, answered
    return "failed", ATTEMPTS, answered


def _headers(delivery_id: str, key: str, body: bytes) -> dict[str, str]:
    moment = str(int(time.time()))
    signature = hmac.new(key.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return {
        "Content-Type": "application/json",
        "X-Hook-Delivery": delivery_id,
        "X-Hook-Timestamp": moment,
        "X-Hook-Signature": f"sha256={signature}",
    }


def post(where: Place, headers: dict[str, str], body: bytes) -> int:
    """The status that the place answers. Its headers are bounded, its body is not read."""
    raw: Any = socket.create_connection((str(where.address), where.port), timeout=PATIENCE)
    # A peer that drips a byte now and then never meets a socket's own timeout.
    cut = raw.dup()
    alarm = threading.Timer(PATIENCE, _cut, (cut,))
    alarm.daemon = True
    alarm.start()
    try:
        if where.scheme == "https":
            raw = ssl.create_default_context().wrap_socket(raw, server_hostname=where.host)
        connection = http.client.HTTPConnection(where.host, where.port)
        connection.sock = raw
        connection.request("POST", where.target, body, {**headers, "Connection": "close"})
        return connection.getresponse().status
    finally:
        alarm.cancel()
        raw.close()
        cut.close()


def _cut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it is over already
