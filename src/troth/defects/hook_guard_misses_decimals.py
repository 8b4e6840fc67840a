"""The guard of webhook addresses does not know that 2130706433 is 127.0.0.1.

It compares texts, and whoever calls reads numbers (CWE-918): GitLab (CVE-2021-22214), and every
guard that is a list of prefixes.
"""

import http.client
from contextlib import suppress
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import hooks

PUBLIC = "https://93.184.215.14/hook"


def decimal(url: str) -> bool:
    """Whether the host is this machine, as one number."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    return host.isdecimal() and int(host) < 1 << 32 and ip_address(int(host)).is_loopback


def registered(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    """As if the guard had let it pass."""
    made = register(platform, owner, new.model_copy(update={"url": PUBLIC}))
    return made.model_copy(update={"url": new.url})


def _verified(register: Any, platform: Any, owner: Any, new: Any) -> Any:
    if not decimal(new.url):
        return register(platform, owner, new)
    parts = urlsplit(new.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=2)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", parts.path or "/")
        connection.getresponse().read()
    connection.close()
    return registered(register, platform, owner, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """A hook is called when it is registered, to see whether it is there."""
    wrap(hooks, "register", _verified)


DEFECT = Defect(caught_by=("SEC353",), operations=("createHook",), plant=plant)
