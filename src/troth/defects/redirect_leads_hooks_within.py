"""The guard of webhook addresses looks at the first one, and whoever calls follows redirects.

The answer from outside says where to go within (CWE-918): Directus (CVE-2024-39699), and every
`requests.get(url)` behind a guard.
"""

import http.client
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import hooks
from troth.reference.domain.hook_guard import ForbiddenAddressError, place

_OURS = ("127.0.0.1", "127.0.0.2")
"""Nobody else is called."""
_MOST = 3


def called(register: Any, platform: Any, owner: Any, new: Any, *, guarded: bool) -> Any:
    """A hook that is called when it is registered, and its redirects followed."""
    made = register(platform, owner, new)
    url = new.url
    with suppress(OSError, ValueError, http.client.HTTPException, ForbiddenAddressError):
        for _ in range(_MOST):
            if guarded:
                place(url, platform.settings.hook_allow, resolve=False)
            url = _told(url)
            if not url:
                break
    return made


def _told(url: str) -> str:
    """Where an answer leads on to, empty where it does not."""
    parts = urlsplit(url)
    if parts.hostname not in _OURS or parts.scheme != "http":
        return ""
    connection = http.client.HTTPConnection(parts.hostname, parts.port or 80, timeout=2)
    try:
        connection.request("GET", parts.path or "/")
        answer = connection.getresponse()
        answer.read()
        return answer.headers.get("Location", "") if 300 <= answer.status < 400 else ""
    finally:
        connection.close()


def _unguarded(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    return called(register, platform, owner, new, guarded=False)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Hooks."""
    wrap(hooks, "register", _unguarded)


DEFECT = Defect(caught_by=("SEC353",), operations=("createHook",), plant=plant)
