"""The smoke matrix: every documented operation, what asks it, and what it must answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troth.config.file import TargetFile
from troth.config.operations import OperationSection
from troth.exchange import Exchange
from troth.expression import ExpressionError, pointed
from troth.gate import closed
from troth.spec.operation import Operation, Spec


class State(StrEnum):
    """What becomes of an operation in a run."""

    COVERED = "covered"
    GATED = "gated"  # left out on purpose, with a reason
    DISABLED = "disabled"  # expected by the target file, absent from the document
    MISSING = "missing"  # nothing asks it, and nobody said why


@dataclass(frozen=True, slots=True)
class Row:
    """One operation: by which properties it is covered, and its minimal assertion."""

    operation: str
    covered_by: tuple[str, ...]
    assertion: str
    gate: str
    state: State
    reason: str = ""


TYPES: Mapping[str, tuple[type, ...]] = {
    "list": (list,),
    "object": (dict,),
    "string": (str,),
    "number": (int, float),
    "boolean": (bool,),
}


def rows(
    spec: Spec,
    file: TargetFile,
    covering: Mapping[str, tuple[str, ...]],
    environ: Mapping[str, str],
) -> tuple[Row, ...]:
    """One row an operation of the document, in its order, and then what only the file names.

    ``covering`` has the ids of the properties that ask an operation, by its label.
    """
    found = [_row(each, file, covering.get(each.label, ()), environ) for each in spec.operations]
    for each in spec.broken:
        ids = covering.get(each.label, ())
        state = State.COVERED if ids else State.MISSING
        reason = f"not described soundly: {each.message}"
        found.append(Row(each.label, ids, "any documented 2xx", "", state, reason))
    found += [
        Row(
            name,
            (),
            _written(section.expect) or "any documented 2xx",
            "",
            State.DISABLED,
            "not in the document: router disabled, or renamed",
        )
        for name, section in file.operations.items()
        if spec.operation(name) is None and not any(name == each.label for each in spec.broken)
    ]
    return tuple(found)


def _row(
    operation: Operation, file: TargetFile, ids: tuple[str, ...], environ: Mapping[str, str]
) -> Row:
    gate = _gate(operation, file)
    assertion = _assertion(operation, _section(operation, file))
    if any(operation.named(name) for name in file.target.exclude):
        reason = "excluded in [target] exclude"
        return Row(operation.label, (), assertion, "exclude", State.GATED, reason)
    started = file.target.app is not None or file.target.start is not None
    reason = closed(file.gates, operation, environ, started_here=started) or ""
    if reason:
        return Row(operation.label, (), assertion, gate, State.GATED, reason)
    if not ids:
        reason = "no property asks it, and no gate says why"
        return Row(operation.label, (), assertion, gate, State.MISSING, reason)
    return Row(operation.label, ids, assertion, gate, State.COVERED)


def _section(operation: Operation, file: TargetFile) -> OperationSection | None:
    named = (section for name, section in file.operations.items() if operation.named(name))
    return next(named, None)


def _gate(operation: Operation, file: TargetFile) -> str:
    """The name of the first gate before the operation, open or closed."""
    for name, gate in file.gates.items():
        by_name = any(operation.named(each) for each in gate.operations)
        if by_name or set(gate.tags) & set(operation.tags):
            return name
    return ""


def _assertion(operation: Operation, section: OperationSection | None) -> str:
    if section is not None and section.expect:
        return _written(section.expect)
    statuses = [each for each in operation.responses if each.startswith("2")]
    return f"status {' or '.join(statuses)}" if statuses else "any 2xx"


def _written(expect: Mapping[str, Any]) -> str:
    parts = []
    for name, value in expect.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        parts.append(f"{name} {shown}" if name == "status" else f"{name or '(body)'}: {shown}")
    return ", ".join(parts)


def check_expectation(expect: Mapping[str, Any], exchange: Exchange) -> str | None:
    """What of ``expect`` does not hold, in a sentence; None when all of it does.

    ``status`` is a code, a range such as ``2XX``, or a list of them; every other key is a JSON
    pointer (RFC 6901) with a value or one of the words `list`, `object`, `string`, `number`,
    `boolean`, `present`. An escape: ``{"equals": "list"}`` means that very string.
    """
    if exchange.response is None:
        return f"there was no response ({exchange.breakage})"
    if "status" in expect:
        wanted = expect["status"]
        allowed = wanted if isinstance(wanted, list | tuple) else [wanted]
        if not any(_status_is(each, exchange.status) for each in allowed):
            shown = " or ".join(str(each) for each in allowed)
            return f"status {exchange.status} instead of {shown}"
    pointers = {name: value for name, value in expect.items() if name != "status"}
    if not pointers:
        return None
    try:
        document = exchange.response.json()
    except (ValueError, RecursionError):
        kind = exchange.response.media_type or "no declared type"
        return f"the body is not JSON ({kind}), but {next(iter(pointers))!r} was expected in it"
    for pointer, wanted in pointers.items():
        complaint = _compare(pointer, wanted, document)
        if complaint:
            return complaint
    return None


def _status_is(wanted: Any, status: int) -> bool:
    text = str(wanted).upper()
    return text == str(status) or (text.endswith("XX") and text[:1] == str(status)[:1])


def _compare(pointer: str, wanted: Any, document: Any) -> str | None:
    place = f"`{pointer}`" if pointer else "the body"
    if pointer and not pointer.startswith("/"):
        return f"{place} is no JSON pointer; write `/{pointer}`"
    try:
        value = pointed(document, pointer, text=pointer)
    except ExpressionError as error:
        return f"nothing at {place}: {error}"
    if wanted == "present":
        return None
    if isinstance(wanted, Mapping) and set(wanted) == {"equals"}:
        wanted = wanted["equals"]
    elif isinstance(wanted, str) and wanted in TYPES:
        # In Python a bool is an int; in JSON it is no number.
        fits = isinstance(value, TYPES[wanted])
        if fits and not (wanted == "number" and isinstance(value, bool)):
            return None
        return f"{place} is {_kind(value)}, not a {wanted}"
    if value == wanted and isinstance(value, bool) == isinstance(wanted, bool):
        return None
    return f"{place} is {_shown(value)} instead of {_shown(wanted)}"


def _kind(value: Any) -> str:
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "a boolean"
    words = (word for word, types in TYPES.items() if isinstance(value, types))
    return f"a {next(words, 'value')}".replace("a object", "an object")


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else f"{text[:77]}..."


def incomplete(found: tuple[Row, ...]) -> bool:
    """Whether some operation has neither a property nor a gate."""
    return any(row.state is State.MISSING for row in found)


def as_json(found: tuple[Row, ...]) -> list[dict[str, Any]]:
    """The rows as JSON-able data."""
    return [
        {
            "operation": row.operation,
            "covered_by": list(row.covered_by),
            "assertion": row.assertion,
            "gate": row.gate,
            "state": str(row.state),
            "reason": row.reason,
        }
        for row in found
    ]


__all__ = ["Row", "State", "as_json", "check_expectation", "incomplete", "rows"]
