"""A running instance for the tests: uvicorn in a thread on an ephemeral port."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
from fastapi import APIRouter, FastAPI

from troth.reference.app import create_app
from troth.reference.server import bind, server
from troth.reference.settings import Settings

PASSWORDS = {
    "alice": "alice-pass-word-7f31",
    "bob": "bob-pass-word-a0c4",
    "carol": "carol-pass-word-19de",
    "admin": "admin-pass-word-52bb",
    "operator": "operator-pass-word-c6e8",
}
KEYS = {"alice": "troth-key-alice-4d1f", "bob": "troth-key-bob-93ac"}
EMAILS = {
    "alice": "alice@acme.test",
    "bob": "bob@globex.test",
    "carol": "carol@acme.test",
    "admin": "admin@acme.test",
    "operator": "operator@troth.test",
}
STRIPE_SECRET = "whsec-of-these-tests-5b1f"


def settings(**changes: object) -> Settings:
    """Seeded settings; limits, expiry and background rounds are out of the way, unless changed."""
    values: dict[str, object] = {
        "seed": True,
        "fixtures": True,
        "access_ttl": 24 * 3600,  # `auth` keeps a token for as long as the service lives
        "rate_limit": 1_000_000,
        "auth_rate_limit": 1_000_000,
        "contact_rate_limit": 1_000_000,
        "orphan_interval": 24 * 3600,  # a round of its own would race with what a test ages
        "log_ingest": True,
        "stripe_webhook_secret": STRIPE_SECRET,
    }
    values |= {f"password_{name}": password for name, password in PASSWORDS.items()}
    values |= {f"key_{name}": key for name, key in KEYS.items()}
    return Settings(**(values | changes))  # type: ignore[arg-type]


@dataclass
class Live:
    """A service that listens."""

    url: str
    app: FastAPI
    client: httpx.Client
    tokens: dict[str, str] = field(default_factory=dict)

    @property
    def address(self) -> tuple[str, int]:
        """Host and port."""
        url = httpx.URL(self.url)
        return url.host, url.port or 80

    def login(self, who: str) -> dict[str, str]:
        """A fresh session."""
        body = {"email": EMAILS[who], "password": PASSWORDS[who]}
        answer = self.client.post("/api/v1/auth/token", json=body)
        assert answer.status_code == 200, answer.text
        pair: dict[str, str] = answer.json()
        return pair

    def auth(self, who: str) -> dict[str, str]:
        """The Authorization header of `who`."""
        if who not in self.tokens:
            self.tokens[who] = self.login(who)["access_token"]
        return {"Authorization": f"Bearer {self.tokens[who]}"}

    def call(self, who: str, method: str, path: str, **kwargs: object) -> httpx.Response:
        """One request of `who`."""
        return self.client.request(method, path, headers=self.auth(who), **kwargs)  # type: ignore[arg-type]

    def ask(self, who: str, method: str, path: str, **kwargs: object) -> httpx.Response:
        """One request with the API key of `who`."""
        return self.client.request(method, path, headers={"X-API-Key": KEYS[who]}, **kwargs)  # type: ignore[arg-type]

    def talk(self, who: str, name: str = "Talk") -> str:
        """A new conversation of `who`; its id."""
        made = self.call(who, "POST", "/api/v1/conversations", json={"display_name": name})
        assert made.status_code == 201, made.text
        return str(made.json()["id"])


@contextmanager
def running(given: Settings, *, extra: tuple[APIRouter, ...] = ()) -> Iterator[Live]:
    """Serve until the block ends."""
    app = create_app(given, extra=extra)
    listener = bind("127.0.0.1", 0)
    serving = server(app)
    ready = threading.Event()
    original = serving.startup

    async def startup(sockets: object = None) -> None:
        await original(sockets)  # type: ignore[arg-type]
        ready.set()

    serving.startup = startup  # type: ignore[method-assign]
    thread = threading.Thread(target=serving.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    assert ready.wait(20), "the service did not start"
    host, port = listener.getsockname()[:2]
    url = f"http://{host}:{port}"
    try:
        with httpx.Client(base_url=url, timeout=30) as client:
            yield Live(url, app, client)
    finally:
        serving.should_exit = True
        thread.join(20)
        listener.close()
        assert not thread.is_alive()
