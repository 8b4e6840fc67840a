"""A gate closes an opt-in surface, with a reason, until somebody opens it."""

from collections.abc import Mapping

from troth.config.gates import GateSection
from troth.spec.operation import Operation

OPEN = frozenset({"1", "true", "yes", "on"})
SHUT = frozenset({"0", "false", "no", "off"})


def closed(
    gates: Mapping[str, GateSection],
    operation: Operation,
    environ: Mapping[str, str],
    *,
    started_here: bool,
) -> str | None:
    """Why ``operation`` is behind a closed gate, or None.

    All gates before an operation must be open. What a gate's variable does not say (it is not
    set, or empty) its ``default`` does; ``started`` opens it for a service that troth started.
    A value that is neither yes nor no opens nothing.
    """
    for gate in gates.values():
        named = any(operation.named(name) for name in gate.operations)
        if not named and not set(gate.tags) & set(operation.tags):
            continue
        value = environ.get(gate.env, "").strip()
        if not value:
            if not (started_here if gate.default == "started" else gate.default):
                return f"{gate.env} is not set: {gate.reason}"
        elif value.lower() in SHUT:
            return f"{gate.env} is {value}: {gate.reason}"
        elif value.lower() not in OPEN:
            return f"{gate.env} is {value!r}, which is neither yes nor no: {gate.reason}"
    return None
