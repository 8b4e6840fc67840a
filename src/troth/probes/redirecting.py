"""Whether what is sent stands in headers and links of the answer, where it was not asked to."""

import re
from collections.abc import Iterator
from dataclasses import replace
from secrets import token_hex
from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin, urlsplit

from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.probes.probing import Probe, Spot, asked, text_of
from troth.prop import expect
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World

LINES: Final = "a line break"
_AIMED = re.compile(
    r"^(next|url|uri|redirect|return|continue|dest|destination|target|goto|forward|callback|success"
    r"|back|ref|referer|rurl|checkout|from)([_-]?(to|ur[il]|path|page|link|after.*))?$"
    r"|redirect|return_?(to|url)",
    re.IGNORECASE,
)
_MAILED = re.compile(r"reset|forgot|recover|verif|confirm|invit|magic|passwordless", re.IGNORECASE)
_HOSTS: Final = ("X-Forwarded-Host", "Host", "Forwarded", "X-Host", "X-Forwarded-Server")


def _invented() -> str:
    return f"troth-{token_hex(6)}.example"


def splits(probe: Probe) -> None:
    """Refute where a line break in a value begins a header of its own; twice."""
    shown = []
    for _ in range(2):
        mark = token_hex(6)
        value = f"{probe.spot.text}\r\nX-Troth-{mark}: {mark}"
        answer = probe.send(value, LINES)
        if answer.response is None or answer.response.header(f"X-Troth-{mark}") != mark:
            return
        shown.append(answer)
    what = (
        f"{probe.operation.label}: a line break in {probe.spot.where} begins a header of the answer"
    )
    expect(False, what, *shown, root=what)  # noqa: FBT003 - the refutation


def reflected(base: Accepted, spot: Spot) -> bool:
    """Whether what was sent there stands in a header of the answer."""
    response = base.exchange.response
    if response is None or len(spot.text) < 4:
        return False
    return any(spot.text in value for _, value in response.headers)


def leading(name: str) -> bool:
    """Whether a parameter of that name may say where the caller is led."""
    return bool(_AIMED.search(name))


def aimed(spot: Spot) -> bool:
    """Whether it may say where the caller is led."""
    return spot.place.location == "query" and leading(spot.name)


def leads_away(probe: Probe) -> None:
    """Refute where a 3xx leads to a host that was made up; twice."""
    for form in ("https://{}/", "//{}/", "/\\{}/", "https:{}/", "https://{}%2f@example.com/"):
        shown: list[Exchange] = []
        for _ in range(2):
            host = _invented()
            answer = probe.send(form.format(host), "a foreign address")
            if not _led(answer, host):
                break
            shown.append(answer)
        else:
            what = f"{probe.what} leads the caller to any host"
            expect(False, what, *shown, root=what)  # noqa: FBT003 - the refutation


def _led(answer: Exchange, host: str) -> bool:
    if answer.response is None or not 300 <= answer.status < 400:
        return False
    # Browsers read a backslash as a slash.
    there = (answer.response.header("location") or "").strip().replace("\\", "/")
    try:
        return urlsplit(urljoin(answer.request.url, there)).hostname == host
    except ValueError:
        return False


def mails(operation: Operation) -> bool:
    """Whether it makes links by which accounts are taken: of resets, invitations and the like."""
    named = f"{operation.path} {operation.id or ''} {operation.summary}"
    return operation.method == "POST" and bool(_MAILED.search(named))


def kept(base: Accepted) -> bool:
    """Whether caches may keep what was answered, for others."""
    response = base.exchange.response
    control = (response.header("cache-control") or "").lower() if response else ""
    shared = "public" in control or re.search(r"(s-maxage|max-age)=[1-9]", control)
    return bool(shared) and not re.search(r"private|no-store|no-cache", control)


def links_abroad(world: "World", operation: Operation, base: Accepted) -> None:
    """Refute where a host that only the request names stands in a link; twice."""
    for name, value in _named():
        shown = []
        for _ in range(2):
            host = _invented()
            header = (name, value.format(host))
            plain = world.target.generator.build(
                operation, base.values, purpose=f"a made-up {name}"
            )
            case = replace(plain, headers=(*plain.headers, header))
            answer = asked(world, case, base)
            if not _linked(answer, host) or _varies(answer, name):
                break
            shown.append(answer)
        else:
            what = f"{operation.label}: links are made with the host that {name} names"
            expect(False, what, *shown, root=what)  # noqa: FBT003 - the refutation


def _named() -> Iterator[tuple[str, str]]:
    for name in _HOSTS:
        yield name, "host={};proto=https" if name == "Forwarded" else "{}"


def _linked(answer: Exchange, host: str) -> bool:
    response = answer.response
    if response is None or answer.status >= 400:
        return False
    headers = " ".join(response.header(name) or "" for name in ("location", "link"))
    return f"//{host}" in headers or f"//{host}" in text_of(answer)


def _varies(answer: Exchange, name: str) -> bool:
    vary = (answer.response.header("vary") or "") if answer.response else ""
    return answer.request.method == "GET" and name.lower() in vary.lower()
