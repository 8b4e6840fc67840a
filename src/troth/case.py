"""A case is one concrete request before it is sent: its values, and the bytes they become."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from troth.exchange import Headers
from troth.spec.operation import Operation


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


@dataclass(frozen=True, slots=True)
class Fault:
    """The one thing that is wrong with a case.

    ``location`` is ``path``, ``query``, ``header``, ``cookie``, ``body``, ``method`` or
    ``media-type``; ``name`` the parameter's name or the JSON pointer into the body; ``kind`` a
    slug without generated values, fit for a root cause; ``description`` the sentence for people.
    """

    location: str
    name: str
    kind: str
    description: str


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
