"""Refuses queries that pydantic's lax reading would let through: ` 1`, `+1`, `1_0`, repeats."""

import re
from collections.abc import Iterable, Mapping
from urllib.parse import unquote_to_bytes

from fastapi.dependencies.models import Dependant

from troth.reference.problems import FieldError, ProblemError

_SHAPES = {
    int: (re.compile(r"-?(0|[1-9][0-9]{0,18})"), "must be a plain decimal integer"),
    bool: (re.compile(r"true|false"), "must be true or false"),
}


def declared(dependants: Iterable[Dependant]) -> dict[str, object]:
    """The query parameters an operation declares, and their types."""
    found: dict[str, object] = {}
    for dependant in dependants:
        for field in dependant.query_params:
            found[field.alias] = field.field_info.annotation
        found |= declared(dependant.dependencies)
    return found


def _pairs(raw: bytes) -> Iterable[tuple[str, str | None]]:
    for piece in raw.split(b"&"):
        name, _, value = piece.replace(b"+", b" ").partition(b"=")
        key = unquote_to_bytes(name).decode("utf-8", "replace")
        try:
            yield key, unquote_to_bytes(value).decode("utf-8")
        except UnicodeDecodeError:
            yield key, None


def check(raw: bytes, parameters: Mapping[str, object]) -> None:
    """Raise ProblemError 422 naming each declared parameter that is not plainly what it must be."""
    seen: set[str] = set()
    faults: dict[str, str] = {}
    for name, value in _pairs(raw):
        if name not in parameters:
            continue
        pattern, message = _SHAPES.get(parameters[name], (None, ""))  # type: ignore[call-overload]
        if name in seen:
            faults[name] = "must be given once"
        elif value is None:
            faults[name] = "must be well-formed UTF-8"
        elif pattern is not None and not pattern.fullmatch(value):
            faults[name] = message
        seen.add(name)
    if faults:
        raise ProblemError(
            422,
            errors=[
                FieldError(field=name, location="query", message=message)
                for name, message in faults.items()
            ],
        )
