"""No secret leaves a run: known values in any encoding, and whatever looks like a credential."""

import base64
import binascii
import re
from collections import deque
from collections.abc import Iterable, Mapping
from dataclasses import replace
from threading import Lock
from typing import Any, Final

from troth.exchange import Exchange, Headers
from troth.redaction.known import SHORTEST, Needle, Ranked, covered, needles, present, without_tail
from troth.redaction.mark import DONE, REDACTED, UNKNOWN, placed, printed
from troth.redaction.nets import netted, quiet

__all__ = ["REDACTED", "SENSITIVE", "SHORTEST", "Redactor"]

SENSITIVE: Final = frozenset(
    {
        "api-key",
        "apikey",
        "authorization",
        "cookie",
        "proxy-authorization",
        "set-cookie",
        "x-access-token",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-refresh-token",
        "x-session-token",
        "x-vault-token",
        "x-xsrf-token",
    }
)
"""Headers whose values are credentials by their nature (lower case)."""


BRIEF = 100  # characters of a text that is worth remembering
CODES = 32  # each is good for a minute or so; what was made before that many is worth nothing


class Redactor:
    """Replaces every known secret by ``[secret:n]`` and what looks like one by ``[redacted]``.

    ``n`` counts secrets in the order in which they are first replaced, so that two runs that do
    the same write the same text. ``headers`` names further headers whose values are credentials.
    Known secrets are found raw, percent-encoded, JSON- and HTML-escaped (any mixture, several
    layers deep), in hex and, at each of the three alignments, in base64 and base64url. Safe to
    share between threads.
    """

    def __init__(self, secrets: Iterable[str] = (), *, headers: Iterable[str] = ()) -> None:
        self._numbers: Mapping[str, int] = {}
        self._needles = Ranked()
        self._seen: dict[int, int] = {}
        self._spared: frozenset[str] = frozenset()
        self._sensitive = SENSITIVE | {name.lower() for name in headers}
        self._codes: deque[str] = deque(maxlen=CODES)
        self._lock = Lock()
        self.add(*secrets)

    def add(self, *secrets: str) -> None:
        """Further values that must not leave the run; known and too short ones are no news."""
        with self._lock:
            for secret in secrets:
                if len(secret) < SHORTEST or secret in self._numbers:
                    continue
                number = len(self._numbers) + 1
                self._numbers = {**self._numbers, secret: number}
                self._needles = self._needles.and_these(needles(secret, number))

    @property
    def known(self) -> tuple[str, ...]:
        """Every value that must not leave the run, in the order in which they became known."""
        return tuple(self._numbers)

    def code(self, code: str) -> None:
        """A one-time code: too short to be looked for anywhere, so only where it stands alone."""
        with self._lock:
            if code and code not in self._codes:
                self._codes.append(code)

    def spare(self, *values: str) -> None:
        """Values that troth made up and that a net would hide: malformed credentials, say.

        A spared value that contains a known secret is redacted all the same.
        """
        with self._lock:
            self._spared |= frozenset(values)

    def text(self, text: str) -> str:
        """``text`` without secrets; the same object when there were none."""
        return self._clean(text, self._needles)

    def data(self, data: bytes) -> bytes:
        """Bytes of any kind without secrets."""
        return self._bytes(data, self._needles)

    def url(self, url: str) -> str:
        """A URL without secrets: userinfo and members with a secret's name go too."""
        return self.text(url)

    def headers(self, headers: Headers) -> Headers:
        """Headers without secrets: credentials are replaced whatever they are."""
        return tuple(
            (self.text(name), self._header(name, value, self._needles)) for name, value in headers
        )

    def value(self, value: Any) -> Any:
        """A JSON-like value with every string in it redacted, keys too."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, Mapping):
            return {self.text(str(key)): self.value(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.value(each) for each in value]
        return value

    def exchange(self, exchange: Exchange) -> Exchange:
        """The exchange without secrets, wherever in it they stood."""
        request, response = exchange.request, exchange.response
        # One search over everything; most exchanges hold no secret outside their credentials.
        parts = [request.method, request.url, exchange.detail, exchange.purpose]
        parts += [exchange.operation or "", _decode(request.body)]
        if response is not None:
            parts.append(_decode(response.body))
        parts += [_decode(each.data) for each in exchange.frames or ()]
        for name, value in (*request.headers, *(response.headers if response else ())):
            parts.append(name)
            if name.lower() not in self._sensitive:
                parts.append(value)
        hits = present(self._needles, *parts)

        def text(value: str) -> str:
            return self._clean(value, hits)

        def headers(values: Headers) -> Headers:
            return tuple((text(name), self._header(name, value, hits)) for name, value in values)

        return replace(
            exchange,
            operation=None if exchange.operation is None else text(exchange.operation),
            purpose=text(exchange.purpose),
            detail=text(exchange.detail),
            request=replace(
                request,
                method=text(request.method),
                url=text(request.url),
                headers=headers(request.headers),
                body=self._bytes(request.body, hits),
            ),
            response=None
            if response is None
            else replace(
                response,
                headers=headers(response.headers),
                body=self._bytes(response.body, hits, cut=response.truncated),
            ),
            frames=None
            if exchange.frames is None
            else tuple(
                replace(each, data=self._bytes(each.data, hits)) for each in exchange.frames
            ),
        )

    def _printed(self, text: str) -> str:
        return printed(text, self._ordinal)

    def _ordinal(self, number: int) -> int:
        """By first sight: the order in which secrets become known may be a matter of chance."""
        if not 0 < number <= len(self._numbers):
            return 0
        with self._lock:
            return self._seen.setdefault(number, len(self._seen) + 1)

    def _clean(self, text: str, hits: tuple[Needle, ...]) -> str:
        if not hits and len(text) < BRIEF and quiet(text):
            return self._printed(self._codeless(text))
        return self._printed(self._codeless(netted(covered(hits, text), self._credential)))

    def _codeless(self, text: str) -> str:
        for code in tuple(self._codes):
            if code in text:
                text = re.sub(rf"(?<![0-9A-Za-z.]){re.escape(code)}(?![0-9A-Za-z])", UNKNOWN, text)
        return text

    def _credential(self, value: str) -> str:
        """What stands for a value that is a credential whether known or not."""
        number = self._numbers.get(value)
        if number is not None:
            return placed(number)
        if not value or DONE.fullmatch(value):
            return value
        if value in self._spared and not present(self._needles, value):
            return value
        return UNKNOWN

    def _header(self, name: str, value: str, hits: tuple[Needle, ...]) -> str:
        lower = name.lower()
        if lower not in self._sensitive:
            return self._clean(value, hits)
        if lower == "cookie":
            return self._printed("; ".join(self._pair(each) for each in value.split("; ")))
        if lower == "set-cookie":
            pair, semicolon, attributes = value.partition(";")
            return (
                self._printed(self._pair(pair)) + semicolon + self._clean(attributes, self._needles)
            )
        scheme, space, credential = value.partition(" ")
        if not space or value in self._spared or value in self._numbers or not scheme.isalnum():
            return self._printed(self._credential(value))
        if scheme.lower() == "basic":
            credential = self._basic(credential)
        return f"{self._clean(scheme, self._needles)} {self._printed(self._credential(credential))}"

    def _pair(self, pair: str) -> str:
        name, equals, value = pair.partition("=")
        if not equals:
            return self._credential(pair)
        return f"{covered(self._needles, name)}={self._credential(value)}"

    def _basic(self, credential: str) -> str:
        """The known secret inside RFC 7617 credentials, so that equal ones stay equal."""
        try:
            pair = base64.b64decode(credential, validate=True).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            return credential
        password = pair.partition(":")[2]
        return password if password in self._numbers else credential

    def _bytes(self, data: bytes, hits: tuple[Needle, ...], *, cut: bool = False) -> bytes:
        if not data:
            return data
        text = _decode(data)
        found = covered(hits, text)
        if cut:
            found = without_tail(self._needles, found)
        clean = self._printed(self._codeless(netted(found, self._credential)))
        return data if clean == text else clean.encode("utf-8", "surrogateescape")


def _decode(data: bytes) -> str:
    return data.decode("utf-8", "surrogateescape")
