"""SEC306: a child is not reached below a parent that is not its own.

`/teams/{team}/notes/{note}` is often looked up by the note alone: whoever may enter some team
reaches every note. A victim's child is asked for below another parent of his, and by a stranger
below a parent of the stranger's own.

Control: the victim is served with the child below its own parent; the other parents were made for
this. A finding is a read that shows the same as below the right one, and that is refused or other
for a child that nobody has; or a write after which the victim sees the child changed or gone; each
twice. Not findings: children that a request only attaches, which may have several parents; what
is shown to the stranger below the right parent as well (SEC301); a 2xx without effect.
"""

from contextlib import suppress

from troth import control, expect, prop
from troth.ownership.misplaced import misread, miswritten
from troth.ownership.parents import parents
from troth.ownership.trial import out_of_scope, places, streaming, trial
from troth.people.rivals import nobody
from troth.prop import Inconclusive
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "CWE-284", "ASVS-v5.0.0-8.2.2")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if sum(kind == "path" for kind, _ in places(target, operation)) < 2 or streaming(operation):
        return "its path names no thing below another"
    if not operation.single or operation.method == "POST":
        return "its path does not end with a child"
    if target.spec.operation(f"POST {operation.place.rpartition('/')[0]}") is None:
        return "its child is made nowhere below a parent"
    return out_of_scope(target, operation)


@prop("SEC306", severity="high", refs=REFS, unless=unasked)
def test_hierarchy(target: Target, operation: Operation) -> None:
    """Below another parent of the victim's, and below one of the stranger's."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        judge = misread if operation.method == "GET" else miswritten
        answered = False
        for place in parents(asked):
            for who in (asked.rivals.victim, asked.rivals.stranger):
                found = None
                with suppress(Inconclusive):
                    found = judge(asked, place, who)
                    answered = True
                expect(
                    found is None,
                    f"{operation.label} reaches what is below another {place[1]}",
                    *(found or ()),
                    root=f"{operation.label} ignores {place[1]}",
                )
        control(answered, "no other parent could be made")
