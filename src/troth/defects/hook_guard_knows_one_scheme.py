"""The guard of webhook addresses looks for `http://127.`, and lets `https://127.` pass.

It was written as an expression over the whole address (CWE-918), when there was one scheme.
"""

import socket
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.hook_guard_misses_decimals import registered
from troth.defects.planting import wrap
from troth.reference.domain import hooks


def overlooked(url: str) -> bool:
    """Whether it leads within, by TLS."""
    return url.startswith("https://127.0.0.1:")


def _verified(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    if not overlooked(new.url):
        return register(platform, owner, new)
    with (
        suppress(OSError),
        socket.create_connection(("127.0.0.1", urlsplit(new.url).port or 443), timeout=2) as there,
    ):
        there.sendall(b"\x16\x03\x01")  # as a handshake begins
    return registered(register, platform, owner, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """A hook is called when it is registered, to see whether it is there."""
    wrap(hooks, "register", _verified)


DEFECT = Defect(caught_by=("SEC353",), operations=("createHook",), plant=plant)
