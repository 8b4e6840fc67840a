"""Invalid cases with exactly one fault: an accepted case, wrong in one place and nowhere else."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from troth.case import NO_BODY, Case, Fault, Values
from troth.spec.operation import Operation, Parameter, Schema
from troth.spec.validity import Validity, Violation

PLACES = {"path": "path", "query": "query", "header": "headers", "cookie": "cookies"}

# Judged elsewhere: left-out parameters by FUZ108, methods by FUZ107, media types by FUZ106.
NOT_OURS = frozenset(
    {
        "missing_parameter",
        "unspecified_http_method",
        "unsupported_content_type",
        "malformed_content_type",
        "duplicate_parameter",
    }
)


def varied(faulty: Iterable[tuple[Values, Fault]]) -> list[tuple[Values, Fault]]:
    """One of each kind of fault first, then the rest: a sample of the list is varied."""
    seen: set[tuple[str, str]] = set()
    first: list[tuple[Values, Fault]] = []
    rest: list[tuple[Values, Fault]] = []
    for values, fault in faulty:
        key = (fault.location, fault.kind)
        (rest if key in seen else first).append((values, fault))
        seen.add(key)
    return first + rest


def json_like(media_type: str | None) -> bool:
    """Whether a media type carries JSON types: elsewhere every value is text."""
    kind = (media_type or "").split(";")[0].strip().lower()
    return kind == "application/json" or kind.endswith("+json")


def single(case: Case, base: Values, validity: Validity) -> tuple[Values, Fault] | None:
    """``base`` with the one fault of ``case``; None unless it is certain that it is invalid."""
    fault, operation = case.fault, case.operation
    if fault is None or operation is None or fault.kind in NOT_OURS:
        return None
    if fault.location == "body":
        return _body(case, base, operation, validity)
    if fault.location not in PLACES or not fault.name:
        # A generated case says only where about it is wrong: each of its parameters is looked at.
        named = (replace(fault, location=place, name=name) for place, name in _sent(case))
        tried = (single(replace(case, fault=each), base, validity) for each in named)
        return next((each for each in tried if each is not None), None)
    if fault.location in PLACES:
        place = PLACES[fault.location]
        mine: Mapping[str, Any] = getattr(case.values, place)
        value = mine.get(fault.name)
        parameter = parameter_of(operation, fault.location, fault.name)
        if not isinstance(value, str) or parameter is None:
            return None
        # schemathesis keeps path values percent-encoded; an empty one is another route.
        found = validity.text_violations(parameter.schema, value)
        if value != value.strip() and not validity.text_violations(parameter.schema, value.strip()):
            return None  # Blanks around it may be taken off before it is looked at.
        if not found or (place == "path" and not value.strip("./")):
            return None
        changed: dict[str, Any] = {place: {**getattr(base, place), fault.name: value}}
        ours = replace(base, **changed)
        return ours, _named(found, fault.location, fault.name)
    return None


def parameter_of(operation: Operation, location: str, name: str) -> Parameter | None:
    """The declared parameter of that place and name."""
    return next(
        (
            each
            for each in operation.parameters
            if each.location == location and each.name.lower() == name.lower()
        ),
        None,
    )


def body_schema(operation: Operation, media_type: str | None) -> Schema | None:
    """The schema of the request body of that media type."""
    if operation.body is None:
        return None
    for name, media in operation.body.content.items():
        if media_type is None or name == media_type:
            return media.schema
    return None


def _sent(case: Case) -> list[tuple[str, str]]:
    """Location and name of every parameter that the case has a value for."""
    return [
        (place, name)
        for place, field in PLACES.items()
        for name in getattr(case.values, field)
        if name  # A generated one may be called "".
    ]


def _body(
    case: Case, base: Values, operation: Operation, validity: Validity
) -> tuple[Values, Fault] | None:
    schema = body_schema(operation, case.values.media_type)
    if schema is None or case.values.body is NO_BODY or not json_like(case.values.media_type):
        return None
    found = validity.violations(schema, case.values.body)
    if not found or not validity.violations(schema, _stripped(case.values.body)):
        return None
    ours = replace(base, body=case.values.body, media_type=case.values.media_type)
    return ours, _named(found, "body", found[0].pointer)


def _stripped(value: Any) -> Any:
    """A value without the blanks around its texts, which a service may take off first."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, Mapping):
        return {name: _stripped(each) for name, each in value.items()}
    return [_stripped(each) for each in value] if isinstance(value, list) else value


def _named(found: Iterable[Violation], location: str, name: str) -> Fault:
    violations = list(found)
    first = violations[0]
    kind = first.kind if len({each.kind for each in violations}) == 1 else "several violations"
    description = first.message if location == "body" else f"{location} {name}: {first.message}"
    return Fault(location, name, kind, description)
