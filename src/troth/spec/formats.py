"""What a `format` asserts of a string: less than a pedant would, and nothing that is in doubt.

RFC 3339 for times, which want a zone; RFC 9562, 3986, 5321 and 4291 for the others. Formats that
are not named here assert nothing: a library's own notion of them would be a false alarm.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import IPv4Address, IPv6Address
from typing import Final

_DATE = r"(\d{4})-(\d{2})-(\d{2})"
_TIME = r"([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
_ZONE = r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
_DATE_TIME = re.compile(rf"{_DATE}[Tt ]{_TIME}{_ZONE}", re.IGNORECASE)
_LOCAL = re.compile(rf"{_DATE}[Tt ]{_TIME}")
_CLOCK = re.compile(rf"{_TIME}{_ZONE}?", re.IGNORECASE)
_UUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*:\S+", re.IGNORECASE)
_NO_URI = re.compile(r'[\s<>"\\\x00-\x1f\x7f]')
_EMAIL = re.compile(r"(?:[^\s@\x00-\x1f]+|\"[^\"\x00-\x1f]+\")@[^\s@\x00-\x1f]+")
_HOST = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,62})(?:\.[A-Za-z0-9_-]{1,63})*\.?")


def _on_calendar(year: str, month: str, day: str) -> bool:
    try:
        date(max(1, int(year)), int(month), int(day))
    except ValueError:
        return False
    return True


def _date(text: str) -> bool:
    found = re.fullmatch(_DATE, text)
    return found is not None and _on_calendar(*found.groups())


def _date_time(text: str) -> bool:
    # A blank in place of the T is what section 5.6 of RFC 3339 lets people write.
    found = _DATE_TIME.fullmatch(text)
    return found is not None and _on_calendar(*found.groups()[:3])


def _address(kind: Callable[[str], object]) -> Callable[[str], bool]:
    def holds(text: str) -> bool:
        try:
            kind(text)
        except ValueError:
            return False
        return True

    return holds


def _anything(_: str) -> bool:
    return True


JUDGED: Final[Mapping[str, Callable[[str], bool]]] = {
    "date-time": _date_time,
    "date": _date,
    # RFC 3339 wants a zone of it too, but an hour of opening has none.
    "time": lambda text: _CLOCK.fullmatch(text) is not None,
    "uuid": lambda text: _UUID.fullmatch(text) is not None,
    "uri": lambda text: _ABSOLUTE.fullmatch(text) is not None and not _NO_URI.search(text),
    "uri-reference": lambda text: not _NO_URI.search(text),
    "email": lambda text: _EMAIL.fullmatch(text) is not None,
    "ipv4": _address(IPv4Address),
    "ipv6": _address(IPv6Address),
    "hostname": lambda text: len(text) <= 254 and _HOST.fullmatch(text) is not None,
}
"""What each format asserts."""

# jsonschema-rs has notions of its own of these.
_LEFT_OPEN = (
    "duration",
    "idn-email",
    "idn-hostname",
    "iri",
    "iri-reference",
    "json-pointer",
    "regex",
    "relative-json-pointer",
    "uri-template",
)
ASSERTED: Final[Mapping[str, Callable[[str], bool]]] = {
    **dict.fromkeys(_LEFT_OPEN, _anything),
    **JUDGED,
}


def wrong(name: str, text: str) -> str:
    """Why ``text`` is none of that format, without quoting it."""
    if name == "date-time" and _LOCAL.fullmatch(text):
        return "has no zone"
    return "is empty" if not text else "is none"
