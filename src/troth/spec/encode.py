"""Turns what schemathesis would hand to `requests` into the bytes of a request."""

import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from urllib3.filepost import encode_multipart_formdata

from troth.exchange import Headers

# Set by the recorder, or schemathesis's own: not part of the case.
_NOT_OURS = frozenset(
    {"user-agent", "accept-encoding", "connection", "x-schemathesis-testcaseid", "accept"}
)
# A fixed boundary: requests are the same bytes in every run. It cannot occur in generated text
# by accident, and a file that contains it would be an odd coincidence.
_BOUNDARY = "troth-7c1f9d2e5b8a4063"
# RFC 3986, section 3.4: what stands in a query as it is, and what encodes the rest.
_QUERY = "%!$&'()*+,;=:@/?[]"


def encode(sent: Mapping[str, Any], *, prefix: str) -> tuple[str, Headers, bytes]:
    """Path with query, headers and body of schemathesis's transport arguments ``sent``."""
    path = sent["url"].removeprefix(prefix) or "/"
    query = encode_query(sent.get("params") or {})
    if query:
        path += ("&" if "?" in path else "?") + query
    headers = [
        (name, str(value))
        for name, value in (sent.get("headers") or {}).items()
        if name.lower() not in _NOT_OURS
    ]
    cookies = sent.get("cookies") or {}
    if cookies:
        headers.append(("Cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
    body, media_type = _body(sent)
    if media_type and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", media_type))
    return path, tuple(headers), body


def encode_query(params: str | Mapping[str, Any] | Iterable[tuple[str, Any]]) -> str:
    """Percent-encoded ``name=value`` pairs; a list repeats its name, None is left out.

    Text is a query that is encoded already, as of parameters with delimiters or `allowReserved`:
    only what no query may hold (RFC 3986, section 3.4) is encoded in it.
    """
    if isinstance(params, str):
        return quote(params.encode("utf-8", "surrogatepass"), safe=_QUERY)
    items = params.items() if isinstance(params, Mapping) else params
    pairs = []
    for name, value in items:
        values = value if isinstance(value, list | tuple) else [value]
        pairs += [(str(name), each) for each in values if each is not None]
    return "&".join(f"{_percent(name)}={_percent(value)}" for name, value in pairs)


def _percent(value: Any) -> str:
    if isinstance(value, bool):
        value = "true" if value else "false"
    if isinstance(value, bytes):
        return quote(value, safe="")
    return quote(str(value).encode("utf-8", "surrogatepass"), safe="")


def encode_json(value: Any) -> bytes:
    """Compact JSON in ASCII; NaN, Infinity and lone surrogates are kept, as hostile input needs."""
    return json.dumps(value, separators=(",", ":"), default=_plain).encode("ascii")


def _plain(value: Any) -> Any:
    data = getattr(value, "data", value)
    return data.decode("latin-1") if isinstance(data, bytes) else str(data)


def _body(sent: Mapping[str, Any]) -> tuple[bytes, str | None]:
    if sent.get("files"):
        fields = [(name, _part(part)) for name, part in sent["files"]]
        raw, media_type = encode_multipart_formdata(fields, boundary=_BOUNDARY)
        return raw, media_type
    if "json" in sent:
        return encode_json(sent["json"]), "application/json"
    data = sent.get("data")
    if data is None:
        return b"", None
    if isinstance(data, Mapping):
        form = {
            name: _plain(value) if hasattr(value, "data") else value for name, value in data.items()
        }
        return encode_query(form).encode("ascii"), "application/x-www-form-urlencoded"
    if isinstance(data, str):
        return data.encode("utf-8", "surrogatepass"), None
    return bytes(getattr(data, "data", data)), None


def _part(part: Any) -> Any:
    """A multipart field as urllib3 takes it: ``(filename, data[, media type])`` or plain data."""
    if isinstance(part, tuple) and part[0] is None:
        return _plain(part[1]) if not isinstance(part[1], bytes | str) else part[1]
    return part
