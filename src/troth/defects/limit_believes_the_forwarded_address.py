"""Logins are counted by the address that the request itself names.

`X-Forwarded-For` is believed of everybody, and a guesser has a new address each time (CWE-348):
Rails behind no proxy, express with `trust proxy`, uvicorn with `--forwarded-allow-ips "*"`.
"""

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from troth.defects.defect import Defect


class _Believing:
    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        named = Headers(scope=scope).get("x-forwarded-for") if scope["type"] == "http" else None
        if named:
            scope = {**scope, "client": (named.partition(",")[0].strip(), 0)}
        await self._app(scope, receive, send)


def plant(app: FastAPI) -> None:
    """Wherever somebody is counted by address."""
    app.add_middleware(_Believing)


DEFECT = Defect(caught_by=("SEC361",), operations=("createToken", "registerAccount"), plant=plant)
