"""A case is one concrete request before it is sent: its values, and the bytes they become."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from troth.exchange import Frame, Headers
from troth.spec.operation import Operation

CREDENTIAL: Final = "credential"
"""The location of a fault that is in whose name a request comes, not in what it asks."""


class _Missing:
    def __repr__(self) -> str:
        return "<no body>"


NO_BODY: Final = _Missing()
"""Stands for "no body at all", which JSON's null is not."""


@dataclass(frozen=True, slots=True)
class Values:
    """The structured values of a case: decoded path, query, headers and cookies by name."""

    path: Mapping[str, Any] = field(default_factory=dict)
    query: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    cookies: Mapping[str, Any] = field(default_factory=dict)
    body: Any = NO_BODY
    media_type: str | None = None
    token: str = field(default="", repr=False)
    """The bearer token it is sent with; empty: the principal's own credential."""


@dataclass(frozen=True, slots=True)
class Fault:
    """The one thing that is wrong with a case.

    ``location`` is ``path``, ``query``, ``header``, ``cookie``, ``body``, ``method``,
    ``media-type`` or ``credential``; ``name`` the parameter's name or the JSON pointer into the
    body; ``kind`` a slug without generated values, fit for a root cause; ``description`` the
    sentence for people.
    """

    location: str
    name: str
    kind: str
    description: str


def _never(_: tuple[Frame, ...]) -> bool:
    return False


@dataclass(frozen=True, slots=True)
class Script:
    """What is said over a WebSocket when it is open, and how long is listened.

    The first ``awaited`` frames are waited for; what comes at once after them is read too, until
    ``enough`` says that no more is needed.
    """

    send: tuple[Frame, ...] = ()
    awaited: int = 0
    enough: Callable[[tuple[Frame, ...]], bool] = _never


@dataclass(frozen=True, slots=True)
class Case:
    """A request to ``operation`` relative to the target's base URL, without credentials.

    ``path`` is percent-encoded and contains the query string. ``fault`` is None for a valid case.
    """

    operation: Operation | None
    method: str
    path: str
    headers: Headers = ()
    body: bytes = b""
    values: Values = Values()
    fault: Fault | None = None
    purpose: str = ""
    script: Script | None = None
    """Of a WebSocket's handshake: what follows it."""
