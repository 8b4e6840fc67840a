"""What was searched for stands in a header of the answer, with its line breaks.

So whoever makes a link makes headers, cookies and a body of his own (CWE-113): PHP's `header` until
5.1.2, Node until CVE-2016-2216, and whoever writes headers by himself.
"""

from urllib.parse import parse_qs

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.defects.defect import Defect

PATH = "/api/v1/conversations/search"


class Told:
    """Puts what was searched for into headers, a line a header as clients read it."""

    def __init__(self, app: ASGIApp, *, split: bool) -> None:
        self._app = app
        self._split = split

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        given = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("q", [""])[0]
        if scope.get("path") != PATH or "\r\n" not in given:
            await self._app(scope, receive, send)
            return
        lines = f"X-Query: {given}".split("\r\n")
        told = [line.partition(":")[::2] for line in lines]
        if not self._split:
            told = [("X-Query", given.replace("\r\n", " "))]

        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [
                    *message["headers"],
                    *(
                        (name.strip().lower().encode(), value.strip().encode("latin-1", "replace"))
                        for name, value in told
                    ),
                ]
            await send(message)

        await self._app(scope, receive, out)


def plant(app: FastAPI) -> None:
    """A search."""
    app.add_middleware(Told, split=True)


DEFECT = Defect(caught_by=("SEC355",), operations=("searchConversations",), plant=plant)
