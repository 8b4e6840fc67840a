"""Replays a finding about a log: the request again with a fresh secret, and a look at the log."""

import base64
import re
from dataclasses import replace
from time import monotonic, sleep
from typing import Final

from troth.exchange import Exchange, Request
from troth.finding import Finding
from troth.logs.integrity import forged, spoofed
from troth.logs.search import canary, form_of
from troth.principal import ANONYMOUS
from troth.replaying.replay import Replay
from troth.replaying.resend import moved
from troth.session import LoginFailed
from troth.target import Target
from troth.transport.record import NotSent, UnsendableRequest

OWNED: Final = frozenset({"SEC341", "SEC342"})
_PATIENCE: Final = 3.0
_POLL: Final = 0.02
_MARK: Final = re.compile(r"\[(?:redacted|secret:\d+)\]")
_MARKER: Final = re.compile(r"troth[0-9a-f]{16}")


def overheard(finding: Finding, target: Target, recorded_base_url: str) -> Replay:
    """Whether the log still has what the witness put there; None where it can not be read."""
    source, witness = target.logs, finding.witness
    if source is None or witness is None:
        return Replay(None, (), "nothing says where it logs; name it as `[target] logs`")
    secret = canary()
    target.redactor.add(secret, base64.b64encode(f"troth:{secret}".encode()).decode())
    url = moved(witness.request.url, recorded_base_url, target.base_url)
    request = _filled(replace(witness.request, url=url), secret)
    began = source.mark()
    try:
        sent = target.principals[witness.principal].send(
            request,
            operation=witness.operation,
            purpose="replay of the witness",
            authenticate=witness.principal != ANONYMOUS,
        )
    except (NotSent, UnsendableRequest, LoginFailed, KeyError) as reason:
        return Replay(None, (), f"the witness was not sent: {reason}")
    lines: list[str] = []
    end = monotonic() + _PATIENCE
    while monotonic() < end:
        lines = source.since(began)
        found = _found(witness, request, secret, lines)
        if found:
            return Replay(still_fails=True, exchanges=(sent,), message=f"still fails: {found}")
        sleep(_POLL)
    if not lines:
        return Replay(None, (sent,), f"nothing came up in {source.name}")
    return Replay(
        still_fails=False,
        exchanges=(sent,),
        message="does not fail any more: the log has nothing of it",
    )


def _found(witness: Exchange, request: Request, secret: str, lines: list[str]) -> str:
    form = form_of(secret, "\n".join(lines))
    if form:
        return f"the secret is in the log, {form}"
    said = _MARKER.search(f"{witness.request.url} {witness.request.headers} {request.body!r}")
    wrong = forged(lines, said[0]) if said is not None else None
    claimed = witness.request.header("x-forwarded-for")
    wrong = wrong or (spoofed(lines, claimed) if claimed else None)
    return wrong.what if wrong is not None else ""


def _filled(request: Request, secret: str) -> Request:
    def filled(text: str) -> str:
        return _MARK.sub(secret, text)

    headers = []
    for name, value in request.headers:
        if value.startswith("Basic ") and _MARK.search(value):
            made = base64.b64encode(f"troth:{secret}".encode()).decode()
            headers.append((name, f"Basic {made}"))
        elif name.lower() not in {"host", "content-length", "accept-encoding", "connection"}:
            headers.append((name, filled(value)))
    body = filled(request.body.decode("utf-8", "surrogateescape"))
    return Request(
        request.method, filled(request.url), tuple(headers), body.encode("utf-8", "surrogateescape")
    )
