"""One piece of a proposed target file: comments, and keys that hold or are only proposed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import tomlkit

WIDTH = 100


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value. One that is only ``proposed`` is written as a comment."""

    key: str
    value: Any
    note: str = ""
    proposed: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """A table, or comments alone where ``table`` is empty.

    ``bare`` has its header written where all its keys are only proposed: an empty table holds
    nothing, and one line less has to be taken out of its comment.
    """

    table: tuple[str, ...] = ()
    above: tuple[str, ...] = ()
    entries: tuple[Entry, ...] = ()
    bare: bool = False

    @property
    def proposed(self) -> bool:
        """Whether nothing of it holds."""
        return not self.bare and all(each.proposed for each in self.entries)


def written(passages: list[Passage]) -> str:
    """The text of a target file, which loads as it stands."""
    return "\n\n".join("\n".join(_lines(each)) for each in passages) + "\n"


def line(key: str, value: Any) -> str:
    """``key = value`` on one line of TOML, whatever the value holds."""
    return f"{tomlkit.key(key).as_string()} = {_text(value)}"


def header(table: tuple[str, ...]) -> str:
    """``[a."b c"]`` for the table of that name."""
    return f"[{tomlkit.key(table).as_string()}]" if table else ""


def _lines(passage: Passage) -> Iterator[str]:
    yield from (f"# {said}".rstrip() for said in passage.above)
    if passage.table:
        yield f"{'# ' if passage.proposed else ''}{header(passage.table)}"
    for each in passage.entries:
        text = line(each.key, each.value)
        if each.note and len(text) + len(each.note) + 5 > WIDTH:
            # A comment that would stand far to the right stands above.
            yield f"# {each.note}"
            yield f"{'# ' if each.proposed else ''}{text}"
            continue
        beside = f"   # {each.note}" if each.note else ""
        yield f"{'# ' if each.proposed else ''}{text}{beside}"


def _text(value: Any) -> str:
    """A value as TOML has it on one line."""
    if isinstance(value, Mapping):
        inner = ", ".join(line(str(name), each) for name, each in value.items())
        return f"{{ {inner} }}" if inner else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    return str(tomlkit.item(value).as_string())
