"""FUZ108: a request without a required parameter, or without the required body, is refused.

The control is the same request with it, which was served. A left-out credential is FUZ110's
subject, a left-out member of the body FUZ105's.
"""

from dataclasses import replace
from typing import Any

from troth import applies, control, expect, prop
from troth.case import NO_BODY, Fault, Values
from troth.composing.faults import PLACES
from troth.spec.operation import Operation
from troth.target import Target


def _without(operation: Operation, values: Values) -> list[tuple[Values, Fault]]:
    """The values, each time without one thing that must be there."""
    found = []
    for parameter in operation.parameters:
        place = PLACES[parameter.location]
        given = getattr(values, place)
        if not parameter.required or parameter.location == "path" or parameter.name not in given:
            continue
        left = {name: value for name, value in given.items() if name != parameter.name}
        said = f"required {parameter.location} parameter `{parameter.name}` left out"
        kind = f"required {parameter.location} parameter left out"
        changed: dict[str, Any] = {place: left}
        fault = Fault(parameter.location, parameter.name, kind, said)
        found.append((replace(values, **changed), fault))
    if operation.body is not None and operation.body.required and values.body is not NO_BODY:
        kind = "required body left out"
        found.append(
            (replace(values, body=NO_BODY, media_type=None), Fault("body", "", kind, kind))
        )
    return found


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    wanted = any(each.required and each.location != "path" for each in operation.parameters)
    body = operation.body is not None and operation.body.required
    return "" if wanted or body else "nothing is required"


@prop("FUZ108", severity="medium", refs=("CWE-20", "ASVS-v5.0.0-2.2.1"), unless=_none)
def test_required_parameters(target: Target, operation: Operation) -> None:
    """Everything required, left out one at a time."""
    with target.world() as world:
        accepted = world.accepted(operation)
        left_out = _without(operation, accepted.values)
        applies(left_out, "nothing is required")
        for values, fault in left_out:
            answer = world.send(target.generator.build(operation, values, fault=fault))
            control(answer.response and answer.status < 500, "no answer to judge")
            control(
                answer.status not in {401, 403, 429}, f"answered {answer.status} before looking"
            )
            expect(
                answer.refused,
                f"served although {fault.description}",
                answer,
                root=f"{fault.kind} is accepted by {operation.label}",
            )
