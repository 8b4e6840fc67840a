"""SEC305: an id of another's in a body, query or header is refused, or does nothing.

What stands in the path is often guarded, and what stands in the body is not: a stranger attaches
another's file to his own note, starts another's job by his own worker, has his own message stored
in another's conversation. He sends his own request, but for one id, which is the victim's.

Control: both are served with their own; the victim sees his thing. A finding is that it changes,
as he sees it, or that the stranger's answer says what only the victim's thing says; twice, after
the same request with an id that nobody has did neither. Not findings: a 2xx that does none of
this, though it stores the id; ids that lists show to everybody; who is addressed (to whom money,
messages or invitations go); tokens and codes, whose holder may use them.
"""

from troth import control, expect, prop
from troth.ownership.borrowed import borrowable, borrowed, kinds, own
from troth.ownership.effect import telling
from troth.ownership.trial import out_of_scope, streaming, trial, value_of
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "ASVS-v5.0.0-8.2.2")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if streaming(operation):
        return "it answers an event stream"
    known = borrowable(target, operation)
    if not any(True for place in known for _ in kinds(target, operation, place)):
        return "it names nothing outside of its path that can be read"
    return out_of_scope(target, operation)


@prop("SEC305", severity="high", refs=REFS, unless=unasked)
def test_ownership_reference(target: Target, operation: Operation) -> None:
    """Each place in turn."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        mine = own(world, operation, asked.rivals.stranger)
        hidden = set(asked.hidden(asked.accepted.values))
        for place in borrowable(target, operation):
            theirs = value_of(asked.accepted.values, place)
            if theirs is None or place not in hidden or not [*kinds(target, operation, place)]:
                continue
            found = borrowed(asked, place, mine)
            if found is not None:
                found = borrowed(asked, place, own(world, operation, asked.rivals.stranger))
                control(found, "seen once, and not again")
            expect(
                found is None,
                f"{operation.label} of `{asked.rivals.stranger}` reaches what is "
                f"`{asked.rivals.victim}`'s by its id in the {place[0]}",
                *((found.before, found.request, found.after) if found is not None else ()),
                root=f"{operation.label} takes another's id at {place[0]} {place[1]}",
                telling=telling(found) if found is not None else (),
            )
        expect(True, "")  # noqa: FBT003 - what everybody has is nobody's
