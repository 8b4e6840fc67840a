"""A small service with every way to log in, on a clock that the test holds."""

import itertools
import json
import socket
import threading
from types import SimpleNamespace
from urllib.parse import parse_qs

import jwt
import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

from troth.config.principals import PrincipalSection, SessionSection
from troth.principal import principals
from troth.spec.operation import Body, Media, Operation, Spec
from troth.transport.http import Wire
from troth.transport.record import Recorder

PASSWORD = "correct horse battery"
KEY = "k" * 32


class Service:
    """Issues tokens that live ``life`` seconds; ``live`` has those that are good."""

    def __init__(self):
        self.now = 1_000_000.0
        self.life = 100
        self.jwt = True
        self.rotates = True
        self.refuses_login = 0
        self.numbers = itertools.count(1)
        self.live = {}
        self.refreshes = {}
        self.calls = []
        self.seen = []
        routes = [
            Route("/api/login", self.login, methods=["POST"]),
            Route("/api/form-login", self.form_login, methods=["POST"]),
            Route("/api/{tenant}/login", self.login, methods=["POST"]),
            Route("/api/cookie-login", self.cookie_login, methods=["POST"]),
            Route("/api/refresh", self.refresh, methods=["POST"]),
            Route("/api/me", self.me, methods=["GET", "POST"]),
            Route("/api/always-401", self.always, methods=["GET"]),
        ]
        self.app = Starlette(routes=routes)

    def issue(self):
        number = next(self.numbers)
        token = f"opaque-{number}"
        if self.jwt:
            claims = {"n": number, "iat": self.now + 5000, "exp": self.now + 5000 + self.life}
            token = jwt.encode(claims, KEY, algorithm="HS256")
        self.live[token] = self.now + self.life
        refresh = f"refresh-{number}"
        self.refreshes[refresh] = True
        return token, refresh

    def admit(self, user, password):
        self.calls.append("login")
        if self.refuses_login:
            return JSONResponse({"error": "no"}, self.refuses_login)
        if (user, password) != ("alice", PASSWORD):
            return JSONResponse({"error": "bad credentials", "echo": password}, 401)
        token, refresh = self.issue()
        return JSONResponse({"data": {"access": token, "refresh": refresh}, "ttl": self.life})

    async def login(self, request):
        values = await request.json()
        return self.admit(values["user"], values["password"])

    async def form_login(self, request):
        assert request.headers["content-type"] == "application/x-www-form-urlencoded"
        values = {name: each[0] for name, each in parse_qs((await request.body()).decode()).items()}
        return self.admit(values["user"], values["password"])

    async def cookie_login(self, request):
        answer = self.admit("alice", (await request.json())["password"])
        if answer.status_code == 200:
            token = json.loads(answer.body)["data"]["access"]
            answer = JSONResponse({}, 200)
            answer.set_cookie("session", token, httponly=True)
            answer.set_cookie("other", "1")
        return answer

    async def refresh(self, request):
        self.calls.append("refresh")
        old = (await request.json())["refresh_token"]
        if not self.refreshes.pop(old, False):
            return JSONResponse({"error": "reused"}, 401)
        token, new = self.issue()
        if not self.rotates:
            self.refreshes[old] = True
            return JSONResponse({"data": {"access": token}})
        return JSONResponse({"data": {"access": token, "refresh": new}})

    async def me(self, request):
        self.seen.append(request)
        given = request.headers.get("authorization", "").removeprefix("Bearer ")
        given = given or request.headers.get("x-token", "") or request.cookies.get("session", "")
        self.calls.append("me")
        if self.live.get(given, 0) <= self.now:
            return JSONResponse({"error": "unauthorized"}, 401)
        return JSONResponse({"ok": True})

    async def always(self, request):
        return JSONResponse({"error": "your old password is wrong"}, 401)


@pytest.fixture(scope="module")
def server():
    """One listener for all tests of a module; ``current`` is the service of the running one."""
    current = SimpleNamespace(service=None)

    async def app(scope, receive, send):
        await current.service.app(scope, receive, send)

    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listening:
        listening.bind(("127.0.0.1", 0))
        current.url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        config = uvicorn.Config(app, log_level="critical", lifespan="off", ws="none")
        running = uvicorn.Server(config)
        thread = threading.Thread(target=running.run, args=([listening],))
        listening.listen()
        thread.start()
        yield current
        running.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


@pytest.fixture
def service(server):
    server.service = Service()
    server.service.url = server.url
    return server.service


def operation(label, name, media="application/json", security=()):
    method, path = label.split()
    body = Body(required=True, content={media: Media({})}) if method == "POST" else None
    return Operation(label, method, path, name, (), (), body, {}, security, deprecated=False)


DOCUMENT = Spec(
    "t",
    "1",
    "3.1.0",
    "",
    "",
    {},
    (
        operation("POST /login", "logIn"),
        operation("POST /form-login", "formLogIn", "application/x-www-form-urlencoded"),
        operation("POST /{tenant}/login", "tenantLogIn"),
        operation("POST /cookie-login", "cookieLogIn"),
        operation("POST /refresh", "refreshSession"),
        operation("GET /me", "me", security=(("bearer",),)),
    ),
    (),
    {},
    "/api",
)


@pytest.fixture
def meet(service):
    """Makes principals from TOML-like tables; answers with them, the history and the recorder."""
    with Wire() as wire:

        def make(config, session=None, *, url=service.url, **options):
            history = []
            recorder = Recorder(wire, url, sinks=[history.append], **options)
            made = principals(
                {name: PrincipalSection.model_validate(each) for name, each in config.items()},
                SessionSection.model_validate(session or {}),
                DOCUMENT,
                recorder,
                url,
                now=lambda: service.now,
            )
            return SimpleNamespace(by=made, history=history, recorder=recorder)

        yield make
