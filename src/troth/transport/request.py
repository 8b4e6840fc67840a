"""What goes out is what is recorded: no URL is tidied, and no header is added unseen."""

import ipaddress
import re
from dataclasses import replace
from importlib.metadata import version
from typing import Final, NamedTuple

import h11

from troth.exchange import Headers, Request

_URL = re.compile(
    r"(?P<scheme>https?)://(?P<authority>[^/?#]*)(?P<target>[^#]*)", re.IGNORECASE | re.DOTALL
)
_AUTHORITY = re.compile(r"(?P<host>\[[0-9A-Fa-f:.%]+\]|[^\[\]:@\s]+)(?::(?P<port>[0-9]{1,5}))?")
_DEFAULTS: Final[Headers] = (
    ("User-Agent", f"troth/{version('troth')}"),
    ("Accept", "*/*"),
    ("Accept-Encoding", "gzip, deflate"),
)
_WITH_CONTENT: Final = frozenset({"POST", "PUT", "PATCH"})


class UnsendableRequest(ValueError):
    """A request that HTTP/1.1 cannot carry: the message says which part, never its value."""


class Origin(NamedTuple):
    """Scheme, host and port of a URL (RFC 6454), in lower case; IPv6 without brackets."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def loopback(self) -> bool:
        """Whether it is this machine: 127.0.0.0/8, ::1 or ``localhost`` (RFC 6761)."""
        if self.host == "localhost" or self.host.endswith(".localhost"):
            return True
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return False


def split(url: str) -> tuple[Origin, str, str]:
    """Origin, authority and request target of an absolute URL, the target byte for byte.

    A fragment is left out (RFC 9110 section 7.1). Raises UnsendableRequest.
    """
    found = _URL.match(url)
    if found is None:
        raise UnsendableRequest("the URL is not an absolute http or https URL")
    place = _AUTHORITY.fullmatch(found["authority"])
    if place is None or int(place["port"] or 0) > 65535:
        raise UnsendableRequest("the URL names no host that can be connected to")
    scheme = found["scheme"].lower()
    port = int(place["port"] or (443 if scheme == "https" else 80))
    target = found["target"]
    if not target.startswith("/"):
        target = "/" + target
    return Origin(scheme, place["host"].strip("[]").lower(), port), found["authority"], target


def origin(url: str) -> Origin:
    """The origin of an absolute URL. Raises UnsendableRequest."""
    return split(url)[0]


def join(base_url: str, base_path: str, path: str) -> str:
    """``path`` of an operation on a target: base URL, the document's base path, path.

    A base URL with a path of its own says where the service is, and the document's base path
    is not added to it.
    """
    base = base_url.rstrip("/")
    if split(base)[2] == "/" and base_path.strip("/"):
        base = f"{base}/{base_path.strip('/')}"
    return base + (path if path.startswith("/") else f"/{path}")


def prepare(request: Request) -> Request:
    """``request`` as it goes out: default headers added, non-ASCII in the URL percent-encoded.

    Percent-encoding, dot segments and doubled slashes stay as they are. Given headers keep
    their order and win over the defaults; spaces around their values, which are no part of
    them (RFC 9110 section 5.5), are cut. Raises UnsendableRequest.
    """
    _, authority, target = split(request.url)
    given = {name.lower() for name, _ in request.headers}
    headers = [] if "host" in given else [("Host", authority)]
    headers += [(name, value.strip(" \t")) for name, value in request.headers]
    headers += [(name, value) for name, value in _DEFAULTS if name.lower() not in given]
    framed = {"content-length", "transfer-encoding"} & given
    if not framed and (request.body or request.method in _WITH_CONTENT):
        headers.append(("Content-Length", str(len(request.body))))
    scheme = request.url.split(":", 1)[0].lower()
    return replace(request, url=f"{scheme}://{authority}{_ascii(target)}", headers=tuple(headers))


def wire_headers(request: Request) -> list[tuple[bytes, bytes]]:
    """The headers of a prepared request as bytes. Raises UnsendableRequest.

    It refuses all that h11 would, so that nothing is found out on an open connection.
    """
    headers = [(_name(name), _value(name, value)) for name, value in request.headers]
    try:
        h11.Request(
            method=request.method.encode("ascii"),
            target=split(request.url)[2].encode("ascii"),
            headers=headers,
        )
    except UnicodeEncodeError:
        raise UnsendableRequest("the method is not ASCII") from None
    except h11.LocalProtocolError as error:
        # h11 quotes the offending value after the reason; it may be a secret.
        reason = re.split(r" b?['\"{(]", str(error))[0]
        raise UnsendableRequest(f"HTTP/1.1 cannot carry it: {reason}") from None
    framing = {name.lower(): value for name, value in headers}
    length = int(framing.get(b"content-length", b"0").split(b",")[0])  # h11 knows it is one
    if b"transfer-encoding" not in framing and length != len(request.body):
        raise UnsendableRequest(
            f"its framing does not fit its body: Content-Length is {length}, "
            f"and the body has {len(request.body)} bytes"
        )
    return headers


def _ascii(target: str) -> str:
    # RFC 3987 section 3.1: an IRI becomes a URI by percent-encoding its UTF-8 bytes.
    try:
        encoded = "".join(
            each if each < "\x80" else "".join(f"%{byte:02X}" for byte in each.encode())
            for each in target
        )
    except UnicodeEncodeError:
        raise UnsendableRequest("the URL contains a lone surrogate") from None
    if re.search(r"[\x00-\x20\x7f]", encoded):
        raise UnsendableRequest("the URL contains a space or a control character, not encoded")
    return encoded


def _name(name: str) -> bytes:
    try:
        return name.encode("ascii")
    except UnicodeEncodeError:
        raise UnsendableRequest("the name of a header is not ASCII") from None


def _value(name: str, value: str) -> bytes:
    if re.search(r"[\r\n\0]", value):
        # RFC 9110 section 5.5: these three are dangerous, and nothing else may carry them.
        raise UnsendableRequest(f"the header {name!r} contains CR, LF or NUL")
    try:
        return value.encode("latin-1")
    except UnicodeEncodeError:
        pass
    try:
        return value.encode()
    except UnicodeEncodeError:
        raise UnsendableRequest(f"the header {name!r} contains a lone surrogate") from None
