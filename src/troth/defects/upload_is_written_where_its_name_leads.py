"""An uploaded file is written below a folder, at whatever its name leads to from there.

`open(os.path.join(folder, file.filename), "wb")` (CWE-22, CWE-434): Apache Struts (CVE-2023-50164),
Jenkins's file parameters (CVE-2019-10352).
"""

import json
import tempfile
from contextlib import suppress
from pathlib import Path
from uuid import uuid4

from fastapi import FastAPI
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.defects.defect import Defect

SERVED = "/static/"


class Keeping:
    """Keeps the texts of vector stores as files too, and serves those of a folder."""

    def __init__(self, app: ASGIApp, *, plain: bool, kept: str, served: str) -> None:
        self._app = app
        self._plain = plain
        self._served = served
        self._root = Path(tempfile.mkdtemp(prefix="troth-"))
        self._folder = self._root / kept
        self._folder.mkdir()
        (self._root / served.strip("/")).mkdir(exist_ok=True)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        path = scope.get("path", "")
        if path.startswith(self._served):
            file = self._root / self._served.strip("/") / Path(path).name
            if file.is_file():
                told = {"X-Content-Type-Options": "nosniff", "X-Correlation-Id": str(uuid4())}
                await PlainTextResponse(file.read_text(), headers=told)(scope, receive, send)
                return
        if not path.endswith("/files/upload"):
            await self._app(scope, receive, send)
            return
        body, more = b"", True
        while more:
            message = await receive()
            body += message.get("body", b"")
            more = message.get("more_body", False)
        with suppress(ValueError, OSError):  # No file system takes some of the names.
            self._keep(body)
        given = False

        async def read() -> Message:
            nonlocal given
            if given:
                return await receive()
            given = True
            return {"type": "http.request", "body": body, "more_body": False}

        await self._app(scope, read, send)

    def _keep(self, body: bytes) -> None:
        try:
            given = json.loads(body)
            name, content = str(given["filename"]), str(given["content"])
        except (ValueError, LookupError, TypeError, RecursionError):
            return
        if "\x00" in name or len(name) > 200:
            return
        file = (self._folder / (Path(name).name if self._plain else name)).resolve()
        # Nothing but what troth itself looks for.
        if file.name.startswith("troth-") and file.parent.is_dir() and self._root in file.parents:
            file.write_text(content, "utf-8", errors="replace")


def plant(app: FastAPI) -> None:
    """Texts that are put into a vector store."""
    app.add_middleware(Keeping, plain=False, kept="texts", served=SERVED)


DEFECT = Defect(caught_by=("SEC354",), operations=("uploadVectorFile",), plant=plant)
