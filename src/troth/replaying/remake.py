"""Finds anew, for a replay, what the target file told how to find: tokens, codes, signatures."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from time import sleep, time
from typing import Any, Final
from urllib.parse import parse_qsl, quote, urlencode

from troth.authority.likewise import CHANGED, changed
from troth.authority.presented import FORGED
from troth.config.operations import OperationSection, SignSection
from troth.credential import COOKIES, Credential, applied, cookies_of
from troth.exchange import Exchange, Headers, History, Request
from troth.expression import ExpressionError, evaluate, pointed
from troth.signature import signed
from troth.spec.operation import Operation, Spec
from troth.spec.place import present, with_value
from troth.told import (
    DURING,
    PRODUCER,
    RESTARTED,
    WAITED,
    Gone,
    lookup,
    one_time_code,
    password,
    secret_of,
)

NEW: Final = "new"
"""Of a source: behind it stands a text that was not used before."""
LOGIN: Final = "login"
"""Of a source: behind it stand a principal's name, and a pointer into its login."""
MADE: Final = "made"
"""Of a source: behind it stands the number of a password that was made up."""


@dataclass(frozen=True, slots=True)
class Remade:
    """A recorded request with new values; its ``token``, and how it is to be signed."""

    exchange: Exchange
    token: str = ""
    sign: SignSection | None = None
    cookies: Headers = ()

    def finished(self, request: Request) -> Request:
        """``request``, signed where that is due: last of all, over the bytes that go out."""
        if self.cookies:
            request = applied(request, Credential(cookies=self.cookies))
        return request if self.sign is None else signed(request, self.sign, now=time())


@dataclass(frozen=True, slots=True)
class Remaker:
    """Knows the document and what the target file says of its operations now."""

    spec: Spec
    told: dict[str, OperationSection]
    history: History = ()
    """The finding's own, whose exchanges the sources refer to by number."""
    logins: Mapping[str, Any] = field(default_factory=dict, repr=False)
    """The login bodies of the target file's principals, by name."""
    salt: str = field(default_factory=lambda: f"{time():.0f}")
    forge: Callable[[str], str] | None = None
    """Makes a changed credential anew, from what stands behind `forged` in a source."""
    made: dict[str, str] = field(default_factory=dict, repr=False)
    """Passwords that were made up, by the number that stood for them."""
    restart: Callable[[], str] | None = None
    """Stops the service and starts it again, and says why that could not be."""

    def __call__(self, old: Exchange, sent: History) -> Remade:
        """``old`` with the values that the exchanges ``sent`` so far give it. Raises Gone."""
        socket = self.spec.socket(old.operation or "")
        operation = socket.handshake if socket else self.spec.operation(old.operation or "")
        if not old.sources or operation is None:
            return Remade(old)
        section = self._section(operation)
        token, sign, cookies = "", None, Headers()
        request = old.request
        for source in old.sources:
            if source.startswith(WAITED):
                sleep(float(source.removeprefix(WAITED)))
                continue
            if source == RESTARTED:
                self._restarted()
                continue
            if source == DURING:
                raise Gone("it belongs into a stream that is open, and a replay sends in turn")
            place, arrow, origin = source.rpartition(" <- ")
            if arrow:
                value = self._origin(origin, request, place, sent)
                if place == "token":
                    token = str(value)
                elif place == "cookies":
                    cookies = value
                    headers = [each for each in request.headers if each[0].lower() != "cookie"]
                    request = replace(request, headers=tuple(headers))
                else:
                    request = _put(request, place, value)
                continue
            place = source
            kind, _, name = place.partition("#" if place.startswith("body#") else ":")
            if place == "token":
                token = str(self._value(section.token, place, operation, sent))
            elif kind == "sign":
                sign = section.sign
                if sign is None:
                    raise Gone(f"the target file no longer says how {operation.label} is signed")
                headers = [each for each in request.headers if each[0].lower() != name.lower()]
                request = replace(request, headers=tuple(headers))
            elif kind == "body":
                told = pointed(section.body, name, text=place) if self._has(section, name) else None
                request = _in_body(request, name, self._value(told, place, operation, sent))
            else:
                request = self._elsewhere(request, place, section, operation, sent)
        return Remade(replace(old, request=request), token, sign, cookies)

    def _restarted(self) -> None:
        if self.restart is None:
            raise Gone(
                "before it the service is stopped and started again: a target file with "
                "[target] restart = true has it done"
            )
        reason = self.restart()
        if reason:
            raise Gone(reason)

    def _origin(self, origin: str, request: Request, place: str, sent: History) -> Any:
        """The value that comes from there now. Raises Gone."""
        kind, _, rest = origin.partition(" ")
        if kind == NEW:
            return self._unused(request, place, rest)
        if kind == LOGIN:
            return self._of_login(rest)
        if kind == MADE:
            return self.made.setdefault(rest, password(rest))
        if kind == FORGED and self.forge is not None:
            return self.forge(rest)
        if kind == CHANGED:
            name, _, whence = rest.partition(" ")
            value = changed(name, str(self._origin(whence, request, place, sent)))
            if value is None:
                raise Gone(f"what is taken now cannot be changed by: {name}")
            return value
        return self._taken(origin, sent)

    def _section(self, operation: Operation) -> OperationSection:
        named = (each for name, each in self.told.items() if operation.named(name))
        return next(named, None) or OperationSection.model_validate({})

    def _has(self, section: OperationSection, pointer: str) -> bool:
        return section.body is not None and present(section.body, pointer)

    def _elsewhere(
        self,
        request: Request,
        place: str,
        section: OperationSection,
        operation: Operation,
        sent: History,
    ) -> Request:
        if place.startswith("path:"):
            index = int(place.removeprefix("path:"))
            name = operation.path.split("/")[index][1:-1]
            value = self._value(section.path.get(name), place, operation, sent)
            return _put(request, place, value)
        kind, _, name = place.partition(".")
        if kind == "query":
            value = self._value(section.query.get(name), place, operation, sent)
            return _put(request, place, value)
        value = self._value(section.headers.get(name), place, operation, sent)
        return _put(request, place, value)

    def _of_login(self, text: str) -> Any:
        """A member of the body that a principal of the target file logs in with."""
        name, _, pointer = text.partition(" ")
        try:
            return pointed(self.logins.get(name), pointer, text=text)
        except ExpressionError:
            raise Gone(f"`{name}` has no {pointer} in its login any more") from None

    def _unused(self, request: Request, place: str, unique: str) -> Any:
        """The text that stands there, with what was ``unique`` in it made so again."""
        try:
            value = pointed(json.loads(request.body), place.removeprefix("body#"), text=place)
        except (ValueError, ExpressionError, RecursionError):
            raise Gone(f"nothing stands at {place}") from None
        return str(value).replace(unique, f"{unique}{self.salt}")

    def _taken(self, origin: str, sent: History) -> Any:
        """What stands now where a value of the recorded request came from."""
        number, _, expression = origin.partition(" ")
        places = {str(each.number): place for place, each in enumerate(self.history)}
        place = places.get(number, len(sent))
        if place >= len(sent):
            raise Gone(f"exchange {number}, which it takes a value from, is not among its history")
        if expression == COOKIES:
            return cookies_of(sent[place])[0]
        try:
            return evaluate(expression, sent[place])
        except ExpressionError as error:
            raise Gone(f"exchange {number}: {error}") from None

    def _value(self, told: Any, place: str, operation: Operation, sent: History) -> Any:
        if not isinstance(told, str):
            raise Gone(f"the target file no longer says what {place} of {operation.label} is")
        secret = secret_of(told)
        if secret is not None:
            try:
                return one_time_code(str(self._value(secret, place, operation, sent)))
            except ValueError:
                raise Gone(f"no base32 secret for {place} of {operation.label}") from None
        if not told.startswith(PRODUCER):
            return told
        found = lookup(told)
        producer = self.spec.operation(found.operation) if found is not None else None
        for exchange in reversed(sent):
            if found is not None and producer is not None and exchange.operation == producer.label:
                try:
                    return evaluate(found.expression, exchange)
                except ExpressionError as error:
                    raise Gone(f"`{told}`: {error}") from None
        raise Gone(f"`{told}` is not among what its history calls")


def _put(request: Request, place: str, value: Any) -> Request:
    """``request`` with ``value`` at a place of its body, path, query or headers."""
    if place.startswith("body#"):
        return _in_body(request, place.removeprefix("body#"), value)
    if place.startswith("path:"):
        index = int(place.removeprefix("path:"))
        path, mark, query = request.url.partition("?")
        segments = path.split("/")
        segments[index] = quote(str(value), safe="@:-._~!$'()*+,;=")
        return replace(request, url="/".join(segments) + mark + query)
    kind, _, name = place.partition(".")
    if kind == "query":
        path, _, query = request.url.partition("?")
        pairs = [
            (key, str(value) if key == name else each)
            for key, each in parse_qsl(query, keep_blank_values=True)
        ]
        return replace(request, url=f"{path}?{urlencode(pairs)}")
    headers = [
        (key, str(value) if key.lower() == name.lower() else each) for key, each in request.headers
    ]
    return replace(request, headers=tuple(headers))


def _in_body(request: Request, pointer: str, value: Any) -> Request:
    try:
        body = json.loads(request.body)
    except (ValueError, RecursionError):
        return request  # other bytes than the values would make: they are the point
    return replace(request, body=json.dumps(with_value(body, pointer, value)).encode())


__all__ = ["Gone", "Remade", "Remaker"]
