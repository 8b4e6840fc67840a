"""Serves the reference service, and writes down every secret that passes over its wire.

``python -m tests.apps.witness PORT FILE``: the port to listen on, and where the secrets go, one
JSON string a line. What counts is what the service was sent as a credential, and what of its
answers and of the bodies sent to it is one by its name.
"""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from troth.reference.app import create_app
from troth.reference.logs import configure
from troth.reference.server import serve
from troth.reference.settings import Settings

CREDENTIALS = (b"authorization", b"x-api-key", b"cookie", b"set-cookie", b"stripe-signature")
SECRET = re.compile(r"token|password|secret|^codes?$|^key$|load_url$", re.IGNORECASE)


def named(value: object, name: str = "") -> Iterator[str]:
    """Every string below a member whose name says that it is a secret."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from named(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from named(each, name)
    elif isinstance(value, str) and SECRET.search(name):
        yield value.rpartition("/")[2]  # of a signed URL its last segment is the secret


def secrets(headers: list[tuple[bytes, bytes]], body: bytes) -> Iterator[str]:
    """What of one message is secret."""
    for name, value in headers:
        if name.lower() in CREDENTIALS:
            yield re.sub(r"^(Bearer|Basic) ", "", value.decode("latin-1"))
    try:
        yield from named(json.loads(body or b"null"))
    except (ValueError, RecursionError):
        return  # no JSON, or none that is answered: nothing in it has a name


class Witness:
    """Around the whole application, so that it sees what the wire sees."""

    def __init__(self, app, file: Path) -> None:
        self.app, self.file = app, file

    async def __call__(self, scope, receive, send) -> None:
        """Pass everything on; write down what was secret of it."""
        sent, answered, headers = [], [], []

        async def listen():
            message = await receive()
            sent.append(message.get("body") or (message.get("text") or "").encode())
            return message

        async def speak(message):
            headers.extend(message.get("headers", ()))
            answered.append(message.get("body") or (message.get("text") or "").encode())
            await send(message)

        try:
            await self.app(scope, listen, speak)
        finally:
            # The document only names what is secret.
            document = scope.get("path") == "/openapi.json"
            found = (
                set()
                if document
                else {
                    *secrets(scope.get("headers", []), b"".join(sent)),
                    *secrets(headers, b"".join(answered)),
                }
            )
            with self.file.open("a", encoding="utf-8") as file:
                file.writelines(f"{json.dumps(each)}\n" for each in sorted(found))


def main() -> None:
    """Serve until SIGTERM."""
    settings = Settings()
    configure(settings.log_level)
    app = create_app(settings)
    app.add_middleware(Witness, file=Path(sys.argv[2]))
    serve(app, "127.0.0.1", int(sys.argv[1]))


if __name__ == "__main__":
    main()
