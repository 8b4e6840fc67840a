"""An operation that the document leaves open wants a credential.

A guard for everything, and a document that says nothing of it for one: generated clients send no
credential, and get a 401 that is not documented either (OWASP API9:2023).
"""

from fastapi import FastAPI
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.defects.defect import Defect
from troth.reference.problems import render, unauthenticated


class _Guard:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        secured = scope["type"] == "http" and scope["path"] == "/api/v1/auth/signup-policy"
        if secured and "authorization" not in Request(scope).headers:
            await render(unauthenticated(), "planted-1")(scope, receive, send)
            return
        await self._app(scope, receive, send)


def plant(app: FastAPI) -> None:
    """How one may sign up."""
    app.add_middleware(_Guard)


DEFECT = Defect(caught_by=("FUZ102", "FUZ110"), operations=("getSignupPolicy",), plant=plant)
