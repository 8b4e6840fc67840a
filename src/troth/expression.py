"""OpenAPI runtime expressions: where in an exchange a value stands, and taking it from there."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs, parse_qsl, unquote, urlsplit

from troth.errors import UsageError
from troth.exchange import Exchange

_EXPRESSION = re.compile(
    r"\$(?:(?P<whole>url|method|statusCode)"
    r"|(?P<side>request|response)\."
    r"(?:(?P<body>body)(?:#(?P<pointer>(?:/.*)?))?"
    r"|header\.(?P<header>[-!#$%&'*+.^_`|~0-9A-Za-z]+)"
    r"|query\.(?P<query>.+)|path\.(?P<path>.+)))",
    re.DOTALL,
)
_EMBEDDED = re.compile(r"\{(\$[^{}]*)\}")
_LINK = re.compile(r"links/self(?:/href)?$")
_SHOWN: Final = 12


class ExpressionError(Exception):
    """Nothing stands where an expression points. Names, never values, are in the message."""


@dataclass(frozen=True, slots=True)
class Source:
    """One expression: ``kind`` is url, method, statusCode, body, header, query or path."""

    text: str
    kind: str
    side: str = ""
    name: str = ""
    """The name of the header or parameter, or the JSON pointer (RFC 6901); empty: all of it."""


@dataclass(frozen=True, slots=True)
class Expression:
    """A parsed expression: constants and sources in turn; ``bare`` when it is one source."""

    text: str
    parts: tuple[str | Source, ...]

    @property
    def bare(self) -> bool:
        """Whether its value keeps its type; otherwise it is a string."""
        return len(self.parts) == 1 and self.text.startswith("$")


def parse(text: str, place: str, *, constant: bool = False) -> Expression:
    """The expression ``text`` that stands at ``place`` (OpenAPI 3.1, "Runtime Expressions").

    ``constant`` allows text without any expression in it, as links do. Raises UsageError.
    """
    if text.startswith("$"):
        return Expression(text, (_source(text, place),))
    parts: list[str | Source] = []
    for index, piece in enumerate(_EMBEDDED.split(text)):
        if index % 2:
            parts.append(_source(piece, place))
        elif piece:
            parts.append(piece)
    if not constant and not any(isinstance(part, Source) for part in parts):
        raise UsageError(
            f"`{text}` in {place} is no runtime expression; "
            "write where the value stands, such as `$response.body#/id`"
        )
    return Expression(text, tuple(parts))


def evaluate(
    expression: str | Expression,
    exchange: Exchange,
    *,
    path_values: Mapping[str, Any] | None = None,
) -> Any:
    """The value of ``expression`` in ``exchange``; text without expressions is its own value.

    ``path_values`` has the path parameters of the request. Raises ExpressionError, and
    UsageError where the text is malformed.
    """
    if isinstance(expression, str):
        expression = parse(expression, "a link", constant=True)
    values = [
        _value(part, exchange, path_values or {}) if isinstance(part, Source) else part
        for part in expression.parts
    ]
    return values[0] if expression.bare else "".join(map(_text, values))


def identifier(
    expression: str | Expression,
    exchange: Exchange,
    *,
    path_values: Mapping[str, Any] | None = None,
) -> str | int:
    """The id that ``expression`` yields; of a Location header, its last path segment.

    Raises ExpressionError, also for a value that is no id: null, a boolean, a container.
    """
    text = expression if isinstance(expression, str) else expression.text
    value = evaluate(expression, exchange, path_values=path_values)
    if re.fullmatch(r"\$response\.header\.(content-)?location", text, re.IGNORECASE):
        segments = [part for part in urlsplit(str(value)).path.split("/") if part]
        if not segments:
            raise ExpressionError(f"`{text}`: the path of that URL has no segment")
        return unquote(segments[-1])
    if _LINK.search(text) and isinstance(value, str) and "/" in value:
        # HAL and JSON:API: the link of a thing to itself.
        return unquote(urlsplit(value).path.rstrip("/").rpartition("/")[2])
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ExpressionError(f"`{text}`: {_kind(value)} stands there, not an id")
    return value


def pointed(document: Any, pointer: str, *, text: str) -> Any:
    """What the JSON pointer ``pointer`` finds. Raises ExpressionError, naming ``text``."""
    value, trail = document, "the body"
    for token in pointer.split("/")[1:]:
        name = token.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and name in value:
            value = value[name]
        elif isinstance(value, list) and re.fullmatch(r"0|[1-9][0-9]*", name, re.ASCII):
            if int(name[:18]) >= len(value):
                raise ExpressionError(f"`{text}`: {trail} has {len(value)} elements")
            value = value[int(name)]
        else:
            raise ExpressionError(f"`{text}`: {trail} is {_kind(value)}, without `{name}`")
        trail = f"`{name}`"
    return value


def _source(text: str, place: str) -> Source:
    found = _EXPRESSION.fullmatch(text)
    if found is None:
        raise UsageError(f"`{text}` in {place} is no runtime expression; {_hint(text)}")
    if found["whole"]:
        return Source(text, found["whole"])
    side = found["side"]
    if found["body"]:
        pointer = found["pointer"] or ""
        if re.search(r"~(?![01])", pointer):
            raise UsageError(f"`{text}` in {place} has a bad escape; write `~` as `~0`")
        return Source(text, "body", side, pointer)
    kind = next(each for each in ("header", "query", "path") if found[each])
    if side == "response" and kind != "header":
        raise UsageError(f"`{text}` in {place}: a response has no {kind}; did you mean $request?")
    return Source(text, kind, side, found[kind])


def _hint(text: str) -> str:
    dotted = re.fullmatch(r"\$(request|response)\.body#?[./]?(.+)", text)
    if dotted:
        return f"did you mean `${dotted[1]}.body#/{dotted[2].replace('.', '/')}`?"
    plural = re.fullmatch(r"\$(request|response)\.headers?[.#/]*(.+)", text)
    if plural:
        return f"did you mean `${plural[1]}.header.{plural[2]}`?"
    return "they begin with $url, $method, $statusCode, $request. or $response."


def _value(source: Source, exchange: Exchange, path_values: Mapping[str, Any]) -> Any:
    if source.kind == "url":
        return exchange.request.url
    if source.kind == "method":
        return exchange.request.method
    if source.kind == "path":
        return _named(source, path_values, "path parameters")
    if source.kind == "query":
        query = parse_qs(urlsplit(exchange.request.url).query, keep_blank_values=True)
        return _named(source, {name: values[0] for name, values in query.items()}, "query")
    if source.side == "request":
        message: Any = exchange.request
    elif exchange.response is None:
        raise ExpressionError(f"`{source.text}`: there was no response ({exchange.breakage})")
    else:
        message = exchange.response
    if source.kind == "statusCode":
        return exchange.status
    if source.kind == "header":
        value = message.header(source.name)
        if value is None:
            names = [name for name, _ in message.headers]
            raise ExpressionError(f"`{source.text}`: no such header among {_list(names)}")
        return value
    return pointed(_body(source, exchange, message), source.name, text=source.text)


def _body(source: Source, exchange: Exchange, message: Any) -> Any:
    kind = (message.header("content-type") or "").split(";")[0].strip().lower()
    try:
        if kind == "application/x-www-form-urlencoded":
            return dict(parse_qsl(message.body.decode(), keep_blank_values=True))
        return json.loads(message.body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        pass
    if not source.name and message.body:
        return message.body.decode("utf-8", "replace")
    answered = f" (status {exchange.status})" if source.side == "response" else ""
    what = kind or "no declared type" if message.body else "empty"
    raise ExpressionError(f"`{source.text}`: the body is not JSON but {what}{answered}")


def _named(source: Source, values: Mapping[str, Any], where: str) -> Any:
    if source.name not in values:
        raise ExpressionError(f"`{source.text}`: not among the {where} {_list(values)}")
    return values[source.name]


def _kind(value: Any) -> str:
    if isinstance(value, Mapping):
        return f"an object with {_list(value)}" if value else "an empty object"
    if isinstance(value, list):
        return "an array"
    if isinstance(value, bool):
        return "a boolean"
    if value is None:
        return "null"
    if value == "":
        return "an empty string"
    return "a string" if isinstance(value, str) else "a number"


def _list(names: Any) -> str:
    shown = [f"`{str(name)[:40]}`" for name in names]
    more = f" and {len(shown) - _SHOWN} more" if len(shown) > _SHOWN else ""
    return (", ".join(shown[:_SHOWN]) or "none") + more


def _text(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value)
