"""The document of an instance that is not served, and the operations in it."""

from collections.abc import Iterator
from typing import Any

from tests.reference.live import settings
from troth.reference.app import create_app


def described(**changes: object) -> dict[str, Any]:
    """The document with these settings."""
    app = create_app(settings(seed=False, **changes))
    try:
        return app.openapi()
    finally:
        app.state.platform.close()


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Path, method and operation of each; a WebSocket is none."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method != "x-websocket":
                yield path, method, operation
