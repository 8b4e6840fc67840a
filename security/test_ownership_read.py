"""SEC301: what is somebody's is shown to nobody else who reads it by its id.

Services look a thing up by its id and forget to ask whose it is (broken object level
authorization). A victim is served with something of his own; a stranger of the same role, of
another tenant where there are tenants, sends the same request with his own credential.

Control: the victim is shown it, before and after, and what he is shown says more than what was
asked. A finding is a 2xx that shows the stranger the same, twice. Not findings: what anonymous is
shown too, what a list shows to the stranger as to everybody (but for members that are called
secrets, and where the target file says whose the things are), another answer than the owner's,
such as a public profile, and an answer that things nobody has get as well. Lists below a thing
count as the thing; event streams are SEC309's. What is everybody's on purpose and in no list is
said so: `[resources.thing] owner = "public"`.
"""

from troth import control, expect, prop
from troth.ownership.theft import control_of, shown_to, telling
from troth.ownership.trial import out_of_scope, streaming, trial
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "ASVS-v5.0.0-8.2.2", "WFC-206")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if operation.method != "GET" or streaming(operation):
        return "it does not read"
    return out_of_scope(target, operation)


@prop("SEC301", severity="high", refs=REFS, unless=unasked)
def test_ownership_read(target: Target, operation: Operation) -> None:
    """The owner reads, the stranger reads the same."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        values = control_of(asked)
        probe = asked.as_stranger(values, "as a stranger")
        shown = shown_to(asked, values, probe)
        if shown is not None:
            again = asked.as_stranger(values, "as a stranger, once more")
            shown = shown_to(asked, values, again)
            control(shown, "a stranger was served once, and not again")
        told = telling(world.example.history(), shown) if shown is not None else ()
        expect(
            shown is None,
            f"{operation.label} shows `{asked.rivals.stranger}` what is `{asked.rivals.victim}`'s",
            *((shown.owners, shown.strangers) if shown is not None else ()),
            root=f"{operation.label} shows a stranger what is another's",
            telling=told,
        )
