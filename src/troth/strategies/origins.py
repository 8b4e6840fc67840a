"""Origins that a service may be asked from: foreign ones, and look-alikes of those it allows."""

import ipaddress
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

FOREIGN: Final = "https://troth-foreign.test"
NULL: Final = "null"
"""What a sandboxed frame and a `data:` document send: anybody can make one."""
_PORTS: Final = {"http": 80, "https": 443}
_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Offered:
    """An ``Origin`` to send; ``kind`` says in a few words what it is."""

    origin: str
    kind: str


def offered(allowed: Iterable[str], own: str) -> tuple[Offered, ...]:
    """All that is not to be allowed, the plainly foreign one first."""
    found = [Offered(FOREIGN, "foreign"), Offered(NULL, "null")]
    for base in (*allowed, own):
        found += (each for each in look_alikes(base, own=base == own) if each not in found)
    return tuple(found)


def look_alikes(origin: str, *, own: bool = False) -> tuple[Offered, ...]:
    """What somebody else can have who wants to pass for ``origin``.

    Not its subdomains, which are often meant; not other letter case or a dot at the end, which are
    the same host. Of loopback and of the service's ``own`` host no other scheme and port: there
    developers' pages live.
    """
    parts = urlsplit(origin)
    host, port = parts.hostname or "", f":{parts.port}" if parts.port else ""
    found = [
        Offered(f"{parts.scheme}://{host}.troth-foreign.test{port}", "it is only the beginning"),
        Offered(f"{parts.scheme}://{host}{port}@troth-foreign.test", "it stands for a user's name"),
    ]
    if not _address(host) and host not in _LOOPBACK:
        end = Offered(f"{parts.scheme}://troth{host}{port}", "it is only the end")
        found.append(end)
        if host.count("."):
            other = host.replace(".", "x", 1)
            found.append(Offered(f"{parts.scheme}://{other}{port}", "a dot is any character"))
        if not own:
            scheme = "http" if parts.scheme == "https" else "https"
            found.append(Offered(f"{scheme}://{host}{port}", "another scheme"))
            shifted = (parts.port or _PORTS.get(parts.scheme, 443)) + 8000
            found.append(Offered(f"{parts.scheme}://{host}:{shifted % 65536}", "another port"))
    return tuple(found)


def kind_of(origin: str, allowed: Iterable[str], own: str) -> str | None:
    """What ``origin`` is; None where it may well be allowed."""
    allowed = tuple(allowed)
    host = (urlsplit(origin).hostname or "") if "://" in origin else ""
    if origin in {own, *allowed} or host in _LOOPBACK:
        return None
    known = {each.origin: each.kind for each in offered(allowed, own)}
    return known.get(origin, "foreign")


def _address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
