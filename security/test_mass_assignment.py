"""SEC324: what only the service sets does not become what a client sends.

Members of answers whose names say that they are the service's own (roles, owners, tenants,
balances, whether something is verified, when it was made) and that the request's schema does not
have, or has as `readOnly`, are sent along with writes and sign-ups. None may read back as it was
sent. A framework that binds whole bodies to a model takes them all, and that is how strangers
become administrators.

The control is the same write without the member, which shows another value; what is read back is
what a GET shows of the very thing that was written, never an echo. It must come out so twice. A
member that the schema declares is no finding, nor is one that is refused, ignored or overwritten;
of roles, when whoever sends it may give them; and of `status`, when the schema leaves its members
open.
"""

from collections.abc import Mapping
from typing import Any

from troth import applies, control, expect, prop
from troth.authority.assignment import Assignment, assignment, extra
from troth.authority.standing import brief
from troth.models.likeness import alike
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API3:2023", "CWE-915", "ASVS-v5.0.0-15.3.3")
STRICT = frozenset({400, 422})
"""What is answered to members that nobody knows."""


@prop("SEC324", severity="high", refs=REFS)
def test_mass_assignment(target: Target, assigned: Subject) -> None:
    """All of them at once, and each alone where they are refused together."""
    with target.world() as world:
        found = assignment(world, assigned.operations[0])
        applies(found, "nothing shows a member that only the service sets")
        assert found is not None
        every = extra(found)
        applies(every, "no other value is known for a member that only the service sets")
        if _taken(found, every) or len(every) == 1:
            return
        few = 0 if brief(target) else len(every)
        for name, value in list(every.items())[:few]:
            _taken(found, {name: value})


def _taken(found: Assignment, sent: Mapping[str, Any]) -> bool:
    """Whether the write was served with them; refutes where one reads back, twice."""
    stuck = dict(sent)
    for turn in range(2):
        made, values = found.write(stuck)
        if not made.ok:
            # Who refuses what he does not know says so; all else may have other reasons.
            applies(made.status in STRICT or found.write({})[0].ok, "it is not served twice")
            expect(made.status, "refused")
            return False
        shown = found.shown(made, values)
        applies(shown, "nothing shows what was written")
        assert shown is not None
        answer, thing = shown
        stuck = {
            name: value
            for name, value in stuck.items()
            if name in thing and alike(value, thing[name])
        }
        if stuck and turn == 0:
            # Perhaps it always is so.
            plainly, plain = found.write({})
            control(plainly.ok, "it is not served without them any more")
            shown = found.shown(plainly, plain)
            control(shown, "what was written without them is not shown")
            assert shown is not None
            stuck = {
                name: value
                for name, value in stuck.items()
                if name not in shown[1] or not alike(value, shown[1][name])
            }
        if not stuck:
            expect(made.ok, "ignored")
            return True
    for name in sorted(stuck):
        what = f"{found.operation.label} takes `{name}` from its client"
        telling = found.telling(thing, values, name)
        expect(name not in stuck, what, made, answer, root=what, telling=telling)
    return True
