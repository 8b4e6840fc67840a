"""An exchange as JSON, and back."""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from troth.exchange import Breakage, Exchange, Frame, Headers, Request, Response
from troth.redaction import Redactor

LIMIT: Final = 16 * 1024
"""Bytes of a body that are kept; of the rest its length and SHA-256."""

WHOLE: Final = 1 << 62
"""A limit for bodies that must be kept as they were: a finding's requests are sent again."""

# Redaction sees this much more than is kept, and what it saw beyond is dropped: a secret that
# lies across the limit is whole when it is looked for.
_MARGIN = 4096


def _body(raw: bytes, clean: bytes, redactor: Redactor, limit: int) -> str | dict[str, Any]:
    """A string when UTF-8 and short enough; else an object with ``text`` or ``base64``.

    ``clean`` is the redacted body of one that is kept whole. A body that is cut has its whole
    ``length`` and ``rest_sha256``, over what was cut off.
    """
    cut = len(raw) > limit
    if cut:
        seen = redactor.data(raw[: limit + _MARGIN])
        clean = seen[: max(0, min(limit, len(seen) - _MARGIN))]
    kept, text = _text(clean, cut=cut)
    if text is not None and not cut:
        return text
    record: dict[str, Any] = {}
    if text is not None:
        record["text"] = text
    else:
        record["base64"] = base64.b64encode(kept).decode("ascii")
    if cut:
        record["length"] = len(raw)
        record["rest_sha256"] = hashlib.sha256(raw[limit:]).hexdigest()
    return record


def _text(data: bytes, *, cut: bool) -> tuple[bytes, str | None]:
    # A cut may have split a character: at most three bytes of it stand at the end.
    for dropped in range(4 if cut else 1):
        part = data[: len(data) - dropped]
        try:
            return part, part.decode("utf-8")
        except UnicodeDecodeError:
            continue
    return data, None


def body_from_json(record: str | Mapping[str, Any]) -> tuple[bytes, bool]:
    """The bytes that were kept, and whether that is less than there was."""
    if isinstance(record, str):
        return record.encode("utf-8", "surrogatepass"), False
    if "base64" in record:
        body = base64.b64decode(record["base64"])
    else:
        body = str(record["text"]).encode("utf-8", "surrogatepass")
    return body, "length" in record


def to_json(
    exchange: Exchange,
    redactor: Redactor,
    *,
    request_limit: int = LIMIT,
    response_limit: int = LIMIT,
) -> dict[str, Any]:
    """The redacted exchange as JSON-able data with keys in a fixed order."""
    request, response = exchange.request, exchange.response
    # All at once, but for bodies that are redacted where they are cut.
    asked = b"" if len(request.body) > request_limit else request.body
    answered = b"" if response is None or len(response.body) > response_limit else response.body
    clean = redactor.exchange(
        replace(
            exchange,
            request=replace(request, body=asked),
            response=None if response is None else replace(response, body=answered),
        )
    )
    return {
        "number": exchange.number,
        "started": exchange.started,
        "elapsed_ms": None if response is None else round(response.elapsed * 1000, 3),
        "principal": exchange.principal,
        "operation": clean.operation,
        "purpose": clean.purpose,
        "request": {
            "method": clean.request.method,
            "url": clean.request.url,
            "headers": [list(pair) for pair in clean.request.headers],
            "body": _body(request.body, clean.request.body, redactor, request_limit),
        },
        "response": None
        if response is None or clean.response is None
        else {
            "status": response.status,
            "headers": [list(pair) for pair in clean.response.headers],
            "body": _body(response.body, clean.response.body, redactor, response_limit),
            "truncated": response.truncated,
        },
        "breakage": None if exchange.breakage is None else str(exchange.breakage),
        "detail": clean.detail,
        **({"sources": list(exchange.sources)} if exchange.sources else {}),
        **({"together": exchange.together} if exchange.together else {}),
        **_frames(exchange, clean, redactor, request_limit, response_limit),
    }


def _frames(
    exchange: Exchange, clean: Exchange, redactor: Redactor, request_limit: int, limit: int
) -> dict[str, Any]:
    if exchange.frames is None or clean.frames is None:
        return {}
    found = []
    for raw, shown in zip(exchange.frames, clean.frames, strict=True):
        most = request_limit if raw.sent else limit
        data = _body(raw.data, shown.data, redactor, most)
        found.append({"sent": raw.sent, "kind": raw.kind, "code": raw.code, "data": data})
    return {"frames": found}


def from_json(record: Mapping[str, Any]) -> Exchange:
    """The exchange that was recorded. Raises KeyError, TypeError or ValueError when it is none."""
    request, response = record["request"], record["response"]
    answer = None
    if response is not None:
        body, cut = body_from_json(response["body"])
        answer = Response(
            status=int(response["status"]),
            headers=_headers(response["headers"]),
            body=body,
            elapsed=float(record["elapsed_ms"] or 0.0) / 1000,
            truncated=bool(response["truncated"]) or cut,
        )
    return Exchange(
        number=int(record["number"]),
        principal=str(record["principal"]),
        operation=record["operation"],
        request=Request(
            method=str(request["method"]),
            url=str(request["url"]),
            headers=_headers(request["headers"]),
            body=body_from_json(request["body"])[0],
        ),
        response=answer,
        breakage=None if record["breakage"] is None else Breakage(record["breakage"]),
        detail=str(record["detail"]),
        purpose=str(record["purpose"]),
        started=str(record["started"]),
        sources=tuple(str(each) for each in record.get("sources", ())),
        together=int(record.get("together", 0)),
        frames=None
        if record.get("frames") is None
        else tuple(
            Frame(
                kind=str(each["kind"]),
                data=body_from_json(each["data"])[0],
                sent=bool(each["sent"]),
                code=int(each["code"]),
            )
            for each in record["frames"]
        ),
    )


def _headers(pairs: list[list[str]]) -> Headers:
    return tuple((str(name), str(value)) for name, value in pairs)
