"""XML is taken beside JSON, by a parser that resolves entities from wherever they are.

The framework reads XML by itself, and its parser is as it was in 2005 (CWE-611): Rails
(CVE-2013-0156), Jackson's XML module, Facebook's first bounty of 30 000 dollars.
"""

import json
from io import BytesIO
from typing import Any
from xml.sax import handler, make_parser
from xml.sax.xmlreader import InputSource

from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.defects.defect import Defect

PATH = "/api/v1/conversations"


class _Members(handler.ContentHandler):
    """The texts of the elements below the root, by name."""

    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, str] = {}
        self._name: list[str] = []

    def startElement(self, name: str, attrs: Any) -> None:  # noqa: ARG002, N802 - SAX
        self._name.append(name)

    def endElement(self, name: str) -> None:  # noqa: ARG002, N802 - SAX
        self._name.pop()

    def characters(self, content: str) -> None:
        if len(self._name) == 2:
            self.found[self._name[-1]] = self.found.get(self._name[-1], "") + content


class Reading:
    """Makes JSON of XML."""

    def __init__(self, app: ASGIApp, *, elsewhere: bool) -> None:
        self._app = app
        self._elsewhere = elsewhere

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers = dict(scope.get("headers", ()))
        if scope.get("path") != PATH or headers.get(b"content-type") != b"application/xml":
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        made = json.dumps(self._members(body)).encode()
        changed = {b"content-type": b"application/json", b"content-length": b"%d" % len(made)}
        scope = {**scope, "headers": list({**headers, **changed}.items())}
        given = False

        async def read() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": made, "more_body": False}

        await self._app(scope, read, send)

    def _members(self, body: bytes) -> dict[str, str]:
        parser, members = make_parser(), _Members()  # noqa: S317 - the defect
        parser.setFeature(handler.feature_external_ges, self._elsewhere)
        parser.setContentHandler(members)
        source = InputSource()
        source.setByteStream(BytesIO(body))
        try:
            parser.parse(source)
        except Exception:  # noqa: BLE001 - whatever is wrong with it, it is refused
            return {}
        return members.found


def plant(app: FastAPI) -> None:
    """A new conversation."""
    app.add_middleware(Reading, elsewhere=True)


DEFECT = Defect(caught_by=("SEC356",), operations=("createConversation",), plant=plant)
