"""A recorded request as it is sent again: elsewhere, with new ids, without what redaction took."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from secrets import token_urlsafe
from typing import Any, Final
from urllib.parse import quote, unquote, urlsplit

from troth.exchange import Exchange, Request
from troth.redaction import SENSITIVE

_MARK = re.compile(r"\[(?:redacted|secret:\d+)\]")
# What the recorder and the connection add by themselves.
_OWN: Final = frozenset(
    {"host", "user-agent", "accept-encoding", "connection", "content-length"}
    | {"upgrade", "sec-websocket-key", "sec-websocket-version"}
)
# A shorter value stands in too many places by chance (page 1, size 10, `ok`): it is taken for an
# id only where the member or parameter is named like one.
_TELLING: Final = 8
_IDENTIFYING = re.compile(r"(?:^|[_-])(?:id|ids|uuid|guid|slug|key|ref|number)$|(?:Id|Ids|ID)$")
_PASSWORD = re.compile(
    r'("[^"\\]*pass(?:word|phrase|wd)[^"\\]*"\s*:\s*)"\[redacted\]"', re.IGNORECASE
)
_MADE = f"Aa1-{token_urlsafe(18)}"
_SEPARATORS = re.compile("[/?&=]")
TOKEN = re.compile(
    r'"(?P<name>[^"\\]*)"\s*:|"(?P<string>[^"\\]*)"|"(?:[^"\\]|\\.)*"'
    r"|(?P<number>-?[0-9]+)(?![0-9.eE])",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Again:
    """A request to send now; what redaction took from it, and what its sender must put back."""

    request: Request
    redacted: tuple[str, ...]
    expected: tuple[str, ...]

    def lost(self, new: Exchange) -> str:
        """Why ``new`` may differ from what was recorded, or nothing."""
        query = urlsplit(new.request.url).query
        absent = [f"its query `{name}`" for name in self.expected if f"{name}=" not in query]
        places = [*self.redacted, *absent]
        return f"{' and '.join(places)} stood redacted in the record" if places else ""


def knows(exchange: Exchange) -> bool:
    """Whether the exchange carries a credential that the run knew as one of its own."""
    request = exchange.request
    return "[secret:" in request.url or any("[secret:" in value for _, value in request.headers)


def again(old: Exchange, url: str, names: Mapping[str, str], *, fresh: bool) -> Again:
    """``old`` to be sent to ``url`` with ids that are called otherwise now (``names``); ``fresh``
    where its sender puts a credential on.
    """
    redacted = []
    expected: list[str] = []
    if fresh:
        url, expected = _without_key(url)
    if _MARK.search(url):
        redacted.append("its URL")
    headers: list[tuple[str, str]] = []
    for name, value in old.request.headers:
        if name.lower() in _OWN and not _foreign(name, value, old.request.url):
            continue
        if _MARK.search(value):
            if fresh and (name.lower() in SENSITIVE or "[secret:" in value):
                continue  # the principal puts a fresh one on
            redacted.append(f"its header {name}")
        headers.append((name, names.get(value, value)))
    text = old.request.body.decode("utf-8", "surrogateescape")
    if _MARK.search(text):
        redacted.append("its body")
        # A password is as good as another where an account is made.
        text = _PASSWORD.sub(lambda match: match[1] + json.dumps(_MADE), text)
    body = in_body(text, names).encode("utf-8", "surrogateescape")
    request = Request(old.request.method, _in_url(url, names), tuple(headers), body)
    return Again(request, tuple(redacted), tuple(expected))


def _foreign(name: str, value: str, url: str) -> bool:
    """Whether it is a `Host` that was made up, which is the point of the request."""
    return name.lower() == "host" and value != urlsplit(url).netloc


def _without_key(url: str) -> tuple[str, list[str]]:
    """The URL without the API keys that its principal put there, and their names."""
    path, mark, query = url.partition("?")
    pairs = query.split("&")
    keys = [each for each in pairs if re.fullmatch(r"[^=]+=\[(?:redacted|secret:\d+)\]", each)]
    left = [each for each in pairs if each not in keys]
    whole = path + (mark + "&".join(left) if left else "")
    return whole, [each.partition("=")[0] for each in keys]


def moved(url: str, old_base: str, new_base: str) -> str:
    """``url`` at another base URL; without the old one only its origin is replaced."""
    base = old_base.rstrip("/")
    if base and url.startswith((f"{base}/", f"{base}?")):
        return new_base.rstrip("/") + url[len(base) :]
    origin = re.compile(r"[a-zA-Z][\w+.-]*://[^/?#]*")
    place = origin.match(new_base)
    return origin.sub(lambda _: place[0] if place else new_base, url, count=1)


def renamed(old: Exchange, new: Exchange) -> Iterator[tuple[str, str]]:
    """Values of the old response, with what the new response has in the same place."""
    if old.response is None or new.response is None:
        return
    for name in ("location", "content-location"):
        before, after = old.response.header(name), new.response.header(name)
        if before and after:
            pairs = zip(_SEPARATORS.split(before), _SEPARATORS.split(after), strict=False)
            yield from ((unquote(one), unquote(other)) for one, other in pairs if one != other)
    etags = old.response.header("etag"), new.response.header("etag")
    if etags[0] and etags[1]:
        yield etags[0], etags[1]
    try:
        yield from _paired(old.response.json(), new.response.json(), "")
    except (ValueError, RecursionError):
        return


def _paired(before: Any, after: Any, name: str) -> Iterator[tuple[str, str]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in before.keys() & after.keys():
            yield from _paired(before[key], after[key], key)
    elif isinstance(before, list) and isinstance(after, list):
        for one, other in zip(before, after, strict=False):
            yield from _paired(one, other, name)
    elif _scalar(before) and _scalar(after) and before != after:
        one, other = str(before), str(after)
        if (len(one) >= _TELLING or _IDENTIFYING.search(name)) and not _MARK.search(one):
            yield one, other


def _scalar(value: Any) -> bool:
    return isinstance(value, str | int) and not isinstance(value, bool)


def _in_url(url: str, names: Mapping[str, str]) -> str:
    """Ids in a URL are whole segments of its path or values of its query."""
    path, mark, query = url.partition("?")
    path = "".join(_piece(piece, names) for piece in re.split("([/;,:])", path))
    return path + mark + _in_pairs(query, names)


def _in_pairs(text: str, names: Mapping[str, str]) -> str:
    pairs = []
    for pair in text.split("&"):
        name, equals, value = pair.partition("=")
        telling = len(value) >= _TELLING or _IDENTIFYING.search(name)
        pairs.append(name + equals + (_piece(value, names) if telling else value))
    return "&".join(pairs)


def _piece(piece: str, names: Mapping[str, str]) -> str:
    new = names.get(unquote(piece)) if piece else None
    return piece if new is None else quote(new, safe="@:-._~!$'()*+,;")


def in_body(text: str, names: Mapping[str, str]) -> str:
    """Ids in a body, every other byte left as it is: its oddities may be the point."""
    if not names:
        return text
    if text.lstrip()[:1] not in {"{", "[", '"'}:
        return _in_pairs(text, names)
    member = ""

    def replaced(match: re.Match[str]) -> str:
        nonlocal member
        if match["name"] is not None:
            member = match["name"]
            return match[0]
        value = match["string"] if match["string"] is not None else match["number"]
        if value is None or (len(value) < _TELLING and not _IDENTIFYING.search(member)):
            return match[0]
        new = names.get(value)
        if new is None:
            return match[0]
        return new if match["number"] and re.fullmatch("-?[0-9]+", new) else json.dumps(new)

    return TOKEN.sub(replaced, text)
