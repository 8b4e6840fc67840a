"""SEC307: whether somebody else's thing exists is not to be learnt.

A 403 for what is another's and a 404 for what nobody has tell a stranger which ids are in use:
enough to count a rival's orders, or to know which of many guessed ids are worth an attack. RFC
9110, section 15.5.4, lets a service answer 404 in both cases.

Control: the owner is served, the stranger is refused; two ids of the same shape that nobody has
are refused alike. A finding is another status, or another text once ids, times and the ids of
requests are taken out, of the same request upon the victim's id; twice. Not findings: what lists
show to the stranger as to everybody, and ids that somebody chose, such as names of users, which
are taken or free for all to see.
"""

from troth import control, expect, prop
from troth.ownership.telling import opaque, shape
from troth.ownership.trial import NO_VERDICT, in_path, out_of_scope, streaming, trial, value_of
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-203", "CWE-204", "ASVS-v5.0.0-8.2.2", "WFC-204")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if streaming(operation):
        return "it answers an event stream"
    if target.profile.boundary is not None and operation.method != "GET":
        return "in this profile it is asked of what reads"
    if not in_path(target, operation):
        return "no thing stands in its path"
    return out_of_scope(target, operation)


@prop("SEC307", severity="low", refs=REFS, unless=unasked)
def test_existence_leak(target: Target, operation: Operation) -> None:
    """The stranger asks for the victim's, and for what nobody has."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        values = asked.accepted.values if operation.safe else asked.fresh()
        ids = [str(value_of(values, each)) for each in asked.places]
        blank = [asked.strange(values, turn=turn) for turn in range(2)]
        nobodys = [str(value_of(each, place)) for each in blank for place in asked.places]
        theirs = asked.as_stranger(values, "another's")
        none = asked.as_stranger(blank[0], "nobody's")
        same = shape(theirs, *ids) == shape(none, *nobodys)
        # What he is served with he may see, or it is another property's.
        if not same and theirs.refused and none.refused and all(map(opaque, ids)):
            control(none.status not in {400, 422}, "what nobody has is refused for its shape")
            again = asked.as_stranger(blank[1], "nobody's either")
            twice = asked.as_stranger(values, "another's, once more")
            control(shape(again, *nobodys) == shape(none, *nobodys), "refusals differ by chance")
            control(shape(twice, *ids) == shape(theirs, *ids), "refused otherwise each time")
            own = asked.sent(blank[0], asked.rivals.victim, "nobody's, as the victim")
            control(own.refused and own.status not in NO_VERDICT, "somebody has it after all")
            same = not asked.hidden(values)
            theirs = twice
        expect(
            same or not theirs.refused or not none.refused or not all(map(opaque, ids)),
            f"{operation.label} answers {theirs.status} to a stranger for what is another's, and "
            f"{none.status} for what nobody has"
            + ("" if theirs.status != none.status else ", in other words"),
            none,
            theirs,
            root=f"{operation.label} tells strangers what exists",
        )
