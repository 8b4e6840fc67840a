"""The link to set a new password is made with the host that the request names.

Whoever asks for somebody's new password with a host of his own gets the token from the letter's
reader (CWE-640, CWE-644): Django before 1.3.1 and 1.4.2 (CVE-2012-4520), and what builds links
from `X-Forwarded-Host`.
"""

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.defects.defect import Defect

PATH = "/api/v1/auth/password/forgot"
OWN = "reference.troth.test"


class Linked:
    """Puts a link into the answer, whose host ``trusted`` may choose."""

    def __init__(self, app: ASGIApp, *, trusted: tuple[str, ...]) -> None:
        self._app = app
        self._trusted = trusted

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope.get("path") != PATH:
            await self._app(scope, receive, send)
            return
        named = Headers(scope=scope).get("x-forwarded-host", OWN)
        host = named if not self._trusted or named in self._trusted else OWN

        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["link"] = f'<https://{host}/reset>; rel="next"'
            await send(message)

        await self._app(scope, receive, out)


def plant(app: FastAPI) -> None:
    """The letter for who has forgotten a password; its link is shown in the answer, too."""
    app.add_middleware(Linked, trusted=())


DEFECT = Defect(caught_by=("SEC355",), operations=("forgotPassword",), plant=plant)
