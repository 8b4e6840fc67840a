"""Every error has one shape: that which the document gives its errors."""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation, ResponseSpec, Spec
from troth.spec.schema import properties

# It took too long to come, its address or its headers are too long, it is of another HTTP
# (RFC 9110, 15.5.9, 15.5.15 and 15.6.6; RFC 6585, 5).
_UNREAD = frozenset({408, 414, 431, 505})


@dataclass(frozen=True, slots=True)
class Shape:
    """What an error looks like: its media type and its top-level members."""

    media_type: str
    members: frozenset[str]

    def __str__(self) -> str:
        inside = ", ".join(sorted(self.members)) or "no members"
        return f"{self.media_type or 'no media type'} with {inside}"

    def like(self, other: "Shape") -> bool:
        """Whether both can be one envelope: same media type, and one's members hold the other's.

        Optional members (``errors`` on a 422 only) do not make a second shape.
        """
        if self.media_type != other.media_type:
            return False
        common = self.members & other.members
        return bool(common) and 2 * len(common) >= min(len(self.members), len(other.members))


def documented(operation: Operation | None, status: int) -> ResponseSpec | None:
    """The documented response for ``status``: exact, then ``4XX``, then ``default``."""
    if operation is None:
        return None
    for key in (str(status), f"{status // 100}XX", f"{status // 100}xx", "default"):
        if key in operation.responses:
            return operation.responses[key]
    return None


def unread(exchange: Exchange, operation: Operation | None) -> bool:
    """Whether a server refused it before the service had seen it: no document lists that."""
    return exchange.status in _UNREAD and documented(operation, exchange.status) is None


def promised(spec: Spec) -> tuple[Shape, ...]:
    """The shapes of the documented errors, the most frequent first; empty when there are none."""
    seen: Counter[Shape] = Counter()
    for operation in spec.operations:
        for status, response in operation.responses.items():
            if status[:1] not in {"4", "5", "d"}:
                continue
            for media_type, media in response.content.items():
                members = frozenset(properties(spec, media.schema))
                if members:
                    seen[Shape(media_type.split(";")[0].strip().lower(), members)] += 1
    return tuple(shape for shape, _ in seen.most_common())


def shape_of(exchange: Exchange) -> Shape:
    """The shape of an error that came back."""
    response = exchange.response
    assert response is not None
    try:
        body = json.loads(response.body)
    except ValueError:
        body = None
    members = frozenset(body) if isinstance(body, Mapping) else frozenset()
    return Shape(response.media_type, members)


def error_envelope(
    exchange: Exchange, operation: Operation | None, shapes: tuple[Shape, ...], spec: Spec
) -> tuple[Complaint, ...]:
    """FUZ106: errors that the document does not describe have the envelope of those it does.

    ``shapes`` are the promised ones: where there are none, nothing was promised. Where the document
    gives a schema for this very error, the judges of conformance decide instead. What refuses a
    preflight is read by no client (Fetch, "CORS-preflight fetch").
    """
    if exchange.status < 400 or exchange.request.method == "HEAD" or not shapes:
        return ()
    if documented(operation, exchange.status) is not None or _preflight(exchange):
        return ()  # Described, be it by "no content": FUZ102 and its judges decide.
    found = shape_of(exchange)
    if any(found.like(each) for each in shapes):
        return ()
    said = str(found)
    if operation is not None and found.members and found.members <= _inputs(spec, operation):
        # One shape, whatever was wrong: it has no members of its own.
        said = f"{found.media_type} with the names of what is sent"
    return (
        Complaint(
            "FUZ106",
            f"second error shape: {said}",
            f"{exchange.status} came as {said}; elsewhere errors are {shapes[0]}",
        ),
    )


def _preflight(exchange: Exchange) -> bool:
    request = exchange.request
    asked = request.header("origin"), request.header("access-control-request-method")
    return request.method == "OPTIONS" and None not in asked


def _inputs(spec: Spec, operation: Operation) -> frozenset[str]:
    """The names of all that an operation is sent, and what frameworks call no member by."""
    content = operation.body.content.values() if operation.body is not None else ()
    members = {name for media in content for name in properties(spec, media.schema)}
    return frozenset({*members, *(each.name for each in operation.parameters), *_NO_MEMBER})


_NO_MEMBER: Final = ("non_field_errors", "nonFieldErrors", "__all__", "_schema", "base")
