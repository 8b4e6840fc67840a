"""A gate closes an opt-in surface, with a reason, until somebody opens it."""

from collections.abc import Mapping

from troth.config.gates import GateSection
from troth.spec.operation import Operation

OPEN = frozenset({"1", "true", "yes", "on"})


def closed(
    gates: Mapping[str, GateSection],
    operation: Operation,
    environ: Mapping[str, str],
    *,
    started_here: bool,
) -> str | None:
    """Why ``operation`` is behind a closed gate, or None.

    A gate whose variable is not set is open for a service that troth started (its providers are
    stubs), else as its ``default`` says.
    """
    for gate in gates.values():
        named = any(operation.named(name) for name in gate.operations)
        if not named and not set(gate.tags) & set(operation.tags):
            continue
        value = environ.get(gate.env)
        if value is None:
            if not (gate.default or started_here):
                return f"{gate.env} is not set: {gate.reason}"
        elif value.strip().lower() not in OPEN:
            return f"{gate.env} is {value!r}: {gate.reason}"
    return None
