"""The smoke matrix: every documented operation, what asks it, and what it must answer."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from troth.config.file import TargetFile
from troth.config.operations import OperationSection
from troth.gate import closed
from troth.minimal import WORDS
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


def rows(
    spec: Spec,
    file: TargetFile,
    covering: Mapping[str, tuple[str, ...]],
    environ: Mapping[str, str],
) -> tuple[Row, ...]:
    """One row an operation of the document, in its order, and then what only the file names.

    ``covering`` has the ids of the properties that ask an operation, by its label.
    """
    every = (*spec.operations, *(each.handshake for each in spec.sockets))
    found = [_row(each, file, covering.get(each.label, ()), environ) for each in every]
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
        if not any(each.named(name) for each in every)
        and not any(name == each.label for each in spec.broken)
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
    """The variables of the gates before the operation, open or closed."""
    return ", ".join(
        gate.env
        for gate in file.gates.values()
        if any(operation.named(each) for each in gate.operations)
        or set(gate.tags) & set(operation.tags)
    )


def _assertion(operation: Operation, section: OperationSection | None) -> str:
    if section is not None and section.expect:
        return _written(section.expect)
    statuses = [each for each in operation.responses if each.startswith("2") or each == "101"]
    return f"status {' or '.join(statuses)}" if statuses else "any 2xx"


def _written(expect: Mapping[str, Any]) -> str:
    parts = []
    for name, value in expect.items():
        shown = value if isinstance(value, str) else json.dumps(value)
        parts.append(f"{name} {shown}" if name in WORDS else f"{name or '(body)'}: {shown}")
    return ", ".join(parts)


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
