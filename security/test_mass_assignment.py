"""SEC324: what only the service sets does not become what a client sends.

Members of answers whose names say that they are the service's own (roles, owners, tenants,
balances, whether something is verified, when it was made) and that the request's schema does not
have, or has as `readOnly`, are sent along with writes and sign-ups. None may read back as it was
sent. A framework that binds whole bodies to a model takes them all, and that is how strangers
become administrators.

The control is the same write without the member, which comes first, is served, and shows another
value; what is read back is what a GET shows of the very thing that was written, never an echo. It
must come out so of two things, or be changed there and back. A member that the schema declares is
no finding, nor is one that is refused, ignored or overwritten; of roles, when whoever sends it may
give them; and of `status`, when the schema leaves its members open.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from troth import applies, control, expect, prop
from troth.authority.assignment import Assignment, assignment, extra
from troth.authority.standing import brief
from troth.case import Values
from troth.composing.answers import CONFLICT, declined
from troth.exchange import Exchange
from troth.models.likeness import alike
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API3:2023", "CWE-915", "ASVS-v5.0.0-15.3.3")


@prop("SEC324", severity="high", refs=REFS)
def test_mass_assignment(target: Target, assigned: Subject) -> None:
    """All of them at once, and each alone where they are refused together."""
    with target.world() as world:
        found = assignment(world, assigned.operations[0])
        applies(found, "nothing shows a member that only the service sets")
        assert found is not None
        plain = _written(found, {})
        if not plain.served:
            # Perhaps it was no name that was made new, but what must be as it was.
            found.renews = False
            plain = _written(found, {})
        applies(plain.made.status != CONFLICT, "there can be only one of it")
        control(plain.served, f"it is not served without them either: {plain.made.status}")
        every = extra(found, plain.thing or found.usual())
        applies(every, "no other value is known for a member that only the service sets")
        if _taken(found, plain.thing, every) or len(every) == 1:
            return
        few = 0 if brief(target) else len(every)
        for name, value in list(every.items())[:few]:
            _taken(found, plain.thing, {name: value})


@dataclass(frozen=True)
class _Written:
    """One write, and what shows what became of it."""

    made: Exchange
    values: Values
    read: Exchange | None = None
    thing: Mapping[str, Any] = field(default_factory=dict)

    @property
    def served(self) -> bool:
        """Whether it was, and does not say in its body that it was not."""
        return self.made.ok and not declined(self.made)

    def has(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What of ``sent`` reads back."""
        return {
            name: value
            for name, value in sent.items()
            if name in self.thing and alike(value, self.thing[name])
        }


def _written(found: Assignment, sent: Mapping[str, Any]) -> _Written:
    made, values = found.write(sent)
    shown = found.shown(made, values) if made.ok else None
    return _Written(made, values, *shown) if shown is not None else _Written(made, values)


def _taken(found: Assignment, before: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    """Whether the write was served with them; refutes where one reads back, twice.

    What was made reads back once more of another one. What was changed is changed back: that it
    still is as it was made says nothing.
    """
    first = _written(found, sent)
    if not first.served:
        # It is the members that were refused, for without them it was served.
        expect(not first.served, "refused")
        return False
    applies(first.thing or before, "nothing shows what was written")
    control(first.thing and before, "what was written is shown at times only")
    stuck = first.has(sent)
    if stuck:
        made = found.operation.method == "POST"
        once_more = stuck if made else {name: before[name] for name in stuck}
        second = _written(found, once_more)
        again = second.has(once_more) if second.served else {}
        stuck = {name: value for name, value in stuck.items() if name in again}
        control(stuck, "seen once, and not again")
    expect(first.served, "ignored")
    for name in sorted(stuck):
        what = f"{found.operation.label} takes `{name}` from its client"
        telling = found.telling(first.thing, first.values, name)
        shown = [each for each in (first.made, first.read) if each is not None]
        expect(name not in stuck, what, *shown, root=what, telling=telling)
    return True
