"""FUZ105: schema-invalid input is refused with a documented 4xx, and changes nothing.

The case is one that was served (the control), with exactly one fault; that it is one is decided
by a validator of its own, not by the generator. After the refusal of a write the thing is read
back; an effect must show twice. Where the credential, the quota or the resource decided first
(401, 403, 404, 409, 429), nothing was shown. Who turns everything into text, or into a boolean,
does so with all that is sent: that another type than the documented one is taken is one finding,
whatever it was.
"""

import re

from hypothesis import given
from hypothesis import strategies as st

from troth import control, expect, prop
from troth.readback import read_back
from troth.spec.operation import Operation
from troth.target import Target


@prop(
    "FUZ105", severity="medium", refs=("CWE-20", "ASVS-v5.0.0-2.2.1"), phases=("boundary", "random")
)
@given(data=st.data())
def test_invalid_refused(target: Target, operation: Operation, data: st.DataObject) -> None:
    """One fault a request."""
    with target.world() as world:
        case = data.draw(world.invalid(operation), label="case")
        fault = case.fault
        control(fault is not None, "the generated case may be valid after all")
        assert fault is not None
        before = read_back(world, operation, case)
        answer = world.send(case)
        control(answer.response and answer.status < 500, "no answer to judge")
        control(answer.status not in {401, 403, 429}, f"answered {answer.status} before looking")
        root = f"accepts {_of_one_cause(fault.kind)} in {fault.location}"
        expect(answer.refused, f"accepted although invalid: {fault.description}", answer, root=root)
        if before is not None:
            after = read_back(world, operation, case)
            control(after is not None, "it cannot be read back")
            if after != before:
                # Somebody else may have written in between: the same must happen once more, and
                # nothing while nothing is sent.
                still = read_back(world, operation, case, again=True)
                control(still == after, "it changes while nothing is sent")
                answer = world.send(case)
                control(read_back(world, operation, case) != still, "it changed once only")
                changed = f"refused, and yet it changed something: {fault.description}"
                expect(still == before, changed, answer, root=f"a refused {case.method} acts")


def _of_one_cause(kind: str) -> str:
    """The kind of fault without which of the wrong types it was."""
    return re.sub(r"^type: .* for ", "another type than ", kind)
