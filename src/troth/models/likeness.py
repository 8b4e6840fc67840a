"""Whether what is shown is what was sent, given that a service may write a value otherwise."""

import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from typing import Any

ROUNDING = 0.01
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,15})(?:\.[0-9]{1,15})?")


def alike(sent: Any, shown: Any) -> bool:
    """Whether ``shown`` may stand for ``sent``.

    A service may trim, fold and compose text, write numbers and times in another way, round, sort
    and thin out lists, fill up objects, and take null for not said. It may not lose anything else.
    """
    if sent is None:
        return True
    if isinstance(sent, Mapping):
        return isinstance(shown, Mapping) and all(
            alike(value, shown.get(name)) for name, value in sent.items()
        )
    if isinstance(sent, list):
        return isinstance(shown, list) and all(
            any(alike(each, other) for other in shown) for each in sent
        )
    if isinstance(sent, bool) or isinstance(shown, bool) or shown is None:
        return sent is shown
    if isinstance(sent, int | float) and isinstance(shown, int | float):
        whole = sent == int(sent) if abs(sent) < 2**53 else True
        return sent == shown or (not whole and abs(sent - shown) <= ROUNDING * max(1, abs(sent)))
    if isinstance(sent, str) or isinstance(shown, str):
        return _same_text(str(sent), str(shown))
    return bool(sent == shown)


def lost(sent: Any, shown: Any) -> bool:
    """Whether an empty value that was sent (zero, false, an empty text, list or object) is shown
    as nothing at all.
    """
    empty = isinstance(sent, list | dict | str) or (
        isinstance(sent, int | float) and not isinstance(sent, bool)
    )
    return shown is None and (sent is False or (empty and not sent))


def _same_text(one: str, other: str) -> bool:
    if one == other or _folded(one) == _folded(other):
        return True
    instants = _instant(one), _instant(other)
    if instants[0] is not None and instants[1] is not None:
        return instants[0] == instants[1]
    both = _NUMBER.fullmatch(one) and _NUMBER.fullmatch(other)
    return bool(both) and float(one) == float(other)


def _folded(text: str) -> str:
    """Letters, digits and signs as they are compared when case, space and composition are not."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = unicodedata.normalize("NFKC", plain)
    return "".join(each for each in plain if unicodedata.category(each)[0] not in "CZ")


def _instant(text: str) -> datetime | None:
    if len(text) < 10 or text[4:5] != "-":
        return None
    try:
        found = datetime.fromisoformat(text.replace("z", "Z").replace(" ", "T"))
        return found.astimezone() if found.tzinfo is not None else found
    except (ValueError, OverflowError, OSError):
        return None
