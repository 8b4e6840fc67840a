"""What an answer tells: its scalars by place, and what of them a stranger was shown (pure)."""

import json
import re
import zlib
from collections.abc import Iterator, Mapping
from typing import Any, Final
from uuid import UUID

from troth.exchange import Exchange, Response
from troth.spec.stream import EVENTS, decoded, spoken

Told = Mapping[str, Any]
"""Strings and numbers by JSON pointer."""
_PRIVATE = re.compile(r"secret|passw|token|private|apikey|api_key|ssn|iban|card|salary|\bpin\b")
_MARKED = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9:.]+(?:Z|[+-][0-9:]+)?"
    r"|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}|\b[0-9a-f]{16,64}\b",
    re.IGNORECASE,
)
_OPEN: Final = frozenset({"public", "shared", "published", "unlisted", "publiclyvisible"})
_SCOPES: Final = frozenset({"visibility", "access", "audience", "privacy", "sharing"})
_ALL: Final = frozenset(
    {"public", "everyone", "everybody", "anyone", "world", "shared", "unlisted"}
)
BIG: Final = 1_000_003


def content(exchange: Exchange) -> Any:
    """What an answer says: JSON, the data of events or frames, else its text."""
    if exchange.frames is not None:
        return [_data(each.data) for each in spoken(exchange.frames)]
    return parsed(exchange.response)


def parsed(response: Response | None) -> Any:
    """The body: JSON where it is that, the data of events, else text."""
    if response is None or not response.body:
        return None
    if response.media_type == EVENTS:
        return [_data(each.data) for each in decoded(response.body)]
    try:
        return response.json()
    except (ValueError, RecursionError):
        return response.body.decode("utf-8", "replace")


def _data(text: str) -> Any:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return text


def told(value: Any, at: str = "") -> dict[str, Any]:
    """Its strings and numbers by place. What is true, false or null tells of nobody."""
    return dict(_told(value, at))


def _told(value: Any, at: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for name, each in value.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _told(each, f"{at}/{step}")
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from _told(each, f"{at}/{index}")
    elif isinstance(value, str | int | float) and not isinstance(value, bool) and value != "":
        yield at, value


def scalars(value: Any) -> frozenset[str]:
    """All its strings and numbers, as texts."""
    return frozenset(str(each) for each in told(value).values())


def members_of(value: Any, id_: str) -> frozenset[str]:
    """Names of the members of the outermost object that has ``id_``; none where nothing has."""
    if isinstance(value, Mapping):
        own = [each for each in value.values() if isinstance(each, str | int)]
        if id_ in map(str, own):
            return frozenset(map(str, value))
        value = list(value.values())
    if not isinstance(value, list):
        return frozenset()
    return next(filter(None, (members_of(each, id_) for each in value)), frozenset())


def everybodys(value: Any) -> bool:
    """Whether a thing says of itself that everybody may see it."""
    if isinstance(value, list):
        return any(map(everybodys, value))
    if not isinstance(value, Mapping):
        return False
    for name, each in value.items():
        known = str(name).lower().replace("_", "").replace("-", "").removeprefix("is")
        if known in _OPEN and each is True:
            return True
        if known in _SCOPES and isinstance(each, str) and each.lower() in _ALL:
            return True
        if everybodys(each):
            return True
    return False


def steady(one: Told, other: Told) -> dict[str, Any]:
    """What stands in both readings, at the same place and with the same value."""
    return {at: value for at, value in one.items() if other.get(at) == value}


def differing(one: Told, other: Told) -> frozenset[str]:
    """The places at which two readings differ."""
    return frozenset(at for at in {**one, **other} if one.get(at) != other.get(at))


def general(at: str) -> str:
    """A place without the indexes of lists."""
    return re.sub(r"/[0-9]+(?=/|$)", "/*", at)


def private(at: str) -> bool:
    """Whether the name of a member says that it is nobody else's."""
    return _PRIVATE.search(at.rpartition("/")[2].lower()) is not None


def unknown(value: Any, turn: int = 0) -> Any:
    """An id of the same shape that nobody has, another one each ``turn``."""
    text = str(value)
    seed = zlib.crc32(f"{text} {turn}".encode())
    if re.fullmatch("[0-9]{1,15}", text):
        number = int(text) + BIG + 7919 * turn
        return number if isinstance(value, int) else str(number)
    try:
        made = UUID(text)
    except ValueError:
        return _scrambled(text, seed)
    mask = seed * 0x9E3779B97F4A7C15 % (1 << 48)
    return str(UUID(int=made.int ^ (mask | 1)))


def _scrambled(text: str, seed: int) -> str:
    """Its last letters and digits replaced by others of their kind; what stands before stays."""
    place, made = len(text), list(text)
    tail = re.split("[-_:.]", text)[-1]
    hexes = re.fullmatch("[0-9a-f]{8,}|[0-9A-F]{8,}", tail) is not None
    letters = ("abcdef", "ABCDEF") if hexes else _LETTERS
    for _ in range(12):
        place -= 1
        if place < max(0, text.find("_") + 1, text.find("-") + 1 if text.find("-") < 6 else 0):
            break
        kind = next((k for k in ("0123456789", *letters) if made[place] in k), "")
        if kind:
            seed = (seed * 1103515245 + 12345) % (1 << 31)
            made[place] = kind[(kind.index(made[place]) + 1 + seed % (len(kind) - 1)) % len(kind)]
    return "".join(made)


_LETTERS: Final = ("abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ")


def opaque(value: str) -> bool:
    """Whether an id was given by the service, and not chosen by somebody as a name is."""
    return bool(re.search(r"[0-9]", value)) and not re.search(r"[@\s]", value)


def shape(exchange: Exchange, *ids: str) -> tuple[int, str, str]:
    """Status, media type and body, without ``ids``, times, and what looks made for this answer."""
    body = exchange.response.body.decode("utf-8", "replace") if exchange.response else ""
    for each in sorted(ids, key=len, reverse=True):
        body = re.sub(rf"(?<![\w-]){re.escape(each)}(?![\w-])", "*", body)
    media = exchange.response.media_type if exchange.response else ""
    return exchange.status, media, _MARKED.sub("*", body)
