"""`${ENV}` in a target file: which variables it names, and what stands there afterwards."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Location = tuple[str | int, ...]
"""Where a value stands: keys of tables and places in lists, from the top of the file."""

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_REFERENCE = re.compile(r"\$\$\{|\$\{([^}]*)(\}?)")


@dataclass(frozen=True, slots=True)
class Reference:
    """``${name}`` at ``location``; ``whole`` when that string has nothing else in it."""

    location: Location
    name: str
    whole: bool

    @property
    def sound(self) -> bool:
        """Whether it names a variable; ``${a b}`` and ``${a`` do not."""
        return NAME.fullmatch(self.name) is not None


def references(value: Any, location: Location = ()) -> Iterator[Reference]:
    """Every ``${…}`` in the strings of ``value``, in the order in which they stand there."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from references(each, (*location, key))
    elif isinstance(value, list):
        for place, each in enumerate(value):
            yield from references(each, (*location, place))
    elif isinstance(value, str):
        for match in _REFERENCE.finditer(value):
            if match[1] is not None:
                name = match[1] if match[2] else match[0]
                yield Reference(location, name, whole=match[0] == value)


def refers(value: Any) -> bool:
    """Whether anything in ``value`` comes from the environment."""
    return next(references(value), None) is not None


def expand(value: Any, environ: Mapping[str, str]) -> Any:
    """``value`` with every ``${NAME}`` in its place.

    ``$${`` becomes ``${``. Names that ``environ`` does not have stay as they are: the caller has
    complained about them.
    """
    if isinstance(value, dict):
        return {key: expand(each, environ) for key, each in value.items()}
    if isinstance(value, list):
        return [expand(each, environ) for each in value]
    if not isinstance(value, str):
        return value

    def put(match: re.Match[str]) -> str:
        if match[1] is None:
            return "${"
        return environ.get(match[1], match[0])

    return _REFERENCE.sub(put, value)
