"""How a WebSocket is declared, and how the document says what may be sent and heard on it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar, cast

from troth.reference.components import named

_ATTRIBUTE = "__troth_socket__"
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class Socket:
    """What one WebSocket promises; frames are JSON text with a `type`."""

    name: str
    summary: str
    security: list[dict[str, list[str]]]
    sent: Mapping[str, Any]
    heard: Mapping[str, Any]
    order: str
    """In which order the types of a turn come, as a regular expression over them."""
    anytime: tuple[str, ...]
    """Types that come between those too."""
    closes: Mapping[int, str]
    refusals: Mapping[int, str]
    """Statuses that a handshake may be answered with, beside 101."""


def declared(socket: Socket) -> Callable[[Endpoint], Endpoint]:
    """Mark the endpoint that serves it."""

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _ATTRIBUTE, socket)
        return endpoint

    return mark


def socket_of(endpoint: object) -> Socket | None:
    """What the endpoint was declared with."""
    return cast("Socket | None", getattr(endpoint, _ATTRIBUTE, None))


def described(socket: Socket, components: dict[str, Any]) -> dict[str, Any]:
    """The `x-websocket` of a path item: OpenAPI has no words of its own for it."""
    return {
        "operationId": socket.name,
        "summary": socket.summary,
        "security": socket.security,
        "send": {
            name: named(model, components, "validation") for name, model in socket.sent.items()
        },
        "receive": {
            name: {
                "type": "object",
                "properties": {
                    "type": {"const": name},
                    "data": named(model, components),
                },
                "required": ["type", "data"],
                "additionalProperties": False,
            }
            for name, model in socket.heard.items()
        },
        "order": socket.order,
        "anytime": list(socket.anytime),
        "closes": {str(code): about for code, about in socket.closes.items()},
        "refusals": {str(status): about for status, about in socket.refusals.items()},
    }
