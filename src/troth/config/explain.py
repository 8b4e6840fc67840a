"""Says in one sentence what is wrong at a place of a target file, and what to do about it."""

import difflib
import json
import re
from collections.abc import Container, Iterator, Sequence
from datetime import date, time
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from troth.config.environ import Location, refers

_BARE = re.compile(r"[A-Za-z0-9_-]+")

# What was expected, by pydantic's name of the error.
_EXPECTED = {
    "bool_parsing": "true or false",
    "bool_type": "true or false",
    "date_from_datetime_parsing": "a date such as 2031-01-31",
    "date_type": "a date such as 2031-01-31",
    "dict_type": "a table",
    "float_parsing": "a number",
    "float_type": "a number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "int_type": "a whole number",
    "list_type": "a list",
    "model_attributes_type": "a table",
    "model_type": "a table",
    "string_type": "a string",
    "tuple_type": "a list",
}


def place(location: Location) -> str:
    """``[principals.alice] token`` for the location of that value."""
    *above, last = _steps(location)
    return f"[{'.'.join(above)}] {last}" if above else f"[{last}]"


def table(location: Location) -> str:
    """``[principals.alice]`` for the location of that table."""
    return f"[{'.'.join(_steps(location))}]"


def _steps(location: Location) -> list[str]:
    steps: list[str] = []
    for step in location:
        if isinstance(step, int):
            steps[-1] += f"[{step}]"
        else:
            steps.append(step if _BARE.fullmatch(step) else json.dumps(step, ensure_ascii=False))
    return steps


def explained(
    error: ValidationError,
    model: type[BaseModel],
    raw: Any,
    *,
    ignore: Container[Location] = (),
) -> Iterator[str]:
    """One sentence a place, but for those of ``ignore``.

    ``raw`` is the file before expansion, so that no secret is shown.
    """
    found: dict[Location, list[ErrorDetails]] = {}
    for each in error.errors(include_url=False, include_input=False):
        # Below a value that is no table there is nothing of the author's: pydantic goes on there
        # to name the alternatives that it tried.
        found.setdefault(_known(each["loc"], raw, each["type"]), []).append(each)
    for location, details in found.items():
        if location in ignore:
            continue
        yield _sentence(location, details, model, raw)


def known_keys(model: Any, location: Location) -> list[str]:
    """The keys of the table at ``location`` of a file of that ``model``; empty where any may be."""
    for candidate in _alternatives(model):
        if isinstance(candidate, type) and issubclass(candidate, BaseModel):
            keys = {each.alias or name: each for name, each in candidate.model_fields.items()}
            if not location:
                return list(keys)
            if location[0] in keys:
                return known_keys(keys[str(location[0])].annotation, location[1:])
        elif location and get_args(candidate):
            inside = get_args(candidate)[1 if isinstance(location[0], str) else 0 :]
            return known_keys(inside[0], location[1:]) if inside else []
    return []


def _nearest(name: str, known: Sequence[str], mark: str) -> str:
    # People write the underscores of other tools; that alone should not be far away.
    near = difflib.get_close_matches(name.replace("_", "-").lower(), known, 1, 0.5)
    if near:
        return f"did you mean {mark.format(near[0])}?"
    return f"known: {', '.join(mark.format(each) for each in sorted(known)) or 'none'}"


def _alternatives(annotation: Any) -> Iterator[Any]:
    """The members of a union; an annotation that is none is its own only alternative."""
    union = getattr(annotation, "__args__", ()) if _is_union(annotation) else (annotation,)
    yield from union


def _is_union(annotation: Any) -> bool:
    return type(annotation).__name__ in {"UnionType", "_UnionGenericAlias", "Union"}


def _known(location: Location, raw: Any, kind: str) -> Location:
    for depth, step in enumerate(location):
        inside = isinstance(step, int) if isinstance(raw, list) else isinstance(raw, dict)
        if not inside:
            return location[:depth]
        if isinstance(raw, dict) and step not in raw:
            # A key that is missing is named; anything else there is pydantic's own word.
            return location[: depth + 1] if kind == "missing" else location[:depth]
        raw = raw[step]
    return location


def _at(raw: Any, location: Location) -> Any:
    for step in location:
        if isinstance(raw, dict) and step not in raw:
            return None
        raw = raw[step]
    return raw


def _sentence(
    location: Location, details: Sequence[ErrorDetails], model: type[BaseModel], raw: Any
) -> str:
    first, kind = details[0], details[0]["type"]
    if kind == "extra_forbidden":
        return _unknown(location, model, raw)
    if kind == "missing":
        return f"{place(location)} is missing; add it"
    if kind == "value_error":
        return f"{place(location)}: {first['msg'].removeprefix('Value error, ')}"
    return f"{place(location)}: {_shown(location, raw)} {_wanted(details)}"


def _unknown(location: Location, model: type[BaseModel], raw: Any) -> str:
    *above, name = location
    known = known_keys(model, tuple(above))
    if not above and isinstance(_at(raw, location), dict):
        return f"unknown table [{name}]; {_nearest(str(name), known, '[{}]')}"
    where = f"in {table(tuple(above))}" if above else "at the top of the file"
    return (
        f"unknown key `{name}` {where}; {_nearest(str(name), known, '`{}`' if above else '[{}]')}"
    )


def _shown(location: Location, raw: Any) -> str:
    # A credential that is of the wrong type is a credential all the same.
    if location[:1] == ("principals",):
        return "its value"
    value = _at(raw, location)
    if isinstance(value, bool):
        return str(value).lower()
    # TOML's dates read better as they are written.
    text = str(value) if isinstance(value, date | time) else repr(value)
    text = text if len(text) <= 80 else f"{text[:79]}…"
    return f"{text}, once expanded," if refers(value) else text


def _wanted(details: Sequence[ErrorDetails]) -> str:
    wanted = []
    for each in details:
        context = each.get("ctx", {})
        if each["type"] == "literal_error":
            expected = context["expected"]
            wanted.append(f"one of {expected}" if " or " in expected else expected)
        elif each["type"] == "string_pattern_mismatch":
            return f"does not match {context['pattern']}"
        elif each["type"] in _EXPECTED:
            wanted.append(_EXPECTED[each["type"]])
        else:
            # `Input should be greater than 0`: said of the value that stands before it.
            said = each["msg"].removeprefix("Input should ").removeprefix("Value should ")
            return f"is refused: it should {said}" if said != each["msg"] else f"is refused: {said}"
    return f"is not {', or '.join(dict.fromkeys(wanted))}"
