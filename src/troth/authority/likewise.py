"""Secrets that differ a little from the right one: another letter, case, space, or end. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

CHANGED: Final = "changed"
"""Of a source: behind it stand the name of a change, and the source of what is changed."""
LOOKED_AT: Final = 72
"""Bytes of a password that bcrypt looks at."""


@dataclass(frozen=True, slots=True)
class Change:
    """``make`` gives another text, or None where it would be the same."""

    name: str
    said: str
    make: Callable[[str], str | None]
    long: bool = False
    """Whether it is about passwords longer than what bcrypt looks at."""


def _cut(text: str) -> str | None:
    raw = text.encode()
    return raw[:LOOKED_AT].decode(errors="ignore") if len(raw) > LOOKED_AT else None


def _otherwise_ending(text: str) -> str | None:
    cut = _cut(text)
    return None if cut is None else f"{cut}-troth"


CHANGES: Final = (
    Change("case", "upper and lower case changed places", lambda text: text.swapcase()),
    Change("suffix", "a letter more at its end", lambda text: f"{text}x"),
    Change("prefix", "its last letter left out", lambda text: text[:-1] or None),
    Change("blank-before", "a blank before it", lambda text: f" {text}"),
    Change("blank-after", "a blank after it", lambda text: f"{text} "),
    Change("nul", "a NUL and more after it", lambda text: f"{text}\0troth"),
    Change("cut", "only its first 72 bytes", _cut, long=True),
    Change("ending", "another end after 72 bytes", _otherwise_ending, long=True),
)


def changed(name: str, text: str) -> str | None:
    """``text`` after the change of that name; None where there is none, or no difference."""
    found = next((each for each in CHANGES if each.name == name), None)
    made = found.make(text) if found is not None else None
    return made if made != text else None
