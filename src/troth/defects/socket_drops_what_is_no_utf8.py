"""A text frame that is no UTF-8 kills the connection: no close frame, 1006.

The protocol's reader raises, nobody catches it, and the socket goes with the task; the browser
sees the same as when the network fails, and connects anew for ever. RFC 6455 section 8.1 wants
1007.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.wire import WebSocket


def _abort(self: Any) -> None:
    self.queue.put_nowait({"type": "websocket.disconnect", "code": 1006, "reason": ""})
    self.transport.abort()


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every WebSocket
    """Every WebSocket."""
    WebSocket.handle_parser_exception = _abort  # type: ignore[method-assign]


DEFECT = Defect(caught_by=("FUZ113",), operations=("queryOverWebSocket",), plant=plant)
