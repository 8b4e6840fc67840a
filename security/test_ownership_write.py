"""SEC302: nobody changes what is somebody else's.

A stranger sends a write that names a victim's thing: PUT, PATCH, and POST on the thing or below
it. What counts is not the status but what the victim sees afterwards: a 403 whose write went
through is a finding, a 204 that changed nothing of his is none, such as the one of a service that
takes "change the password of bob" for "change mine".

Control: the same write is served to the owner, who sees the thing before; also where the stranger
is refused for what it says (400, 409, 422), and not for who he is. What was changed once is tried
again on a twin: first the same request on a thing that nobody has, which shows what changes by
itself; then the stranger's, whose effect must come again. Not findings: what changes
when it is read or as time goes by; what a list shows to the stranger as to everybody, unless the
target file says whose it is (`[resources.thing] owner`); operations for which the document wants
no credential. Event streams are SEC309's.
"""

from troth import control, expect, prop
from troth.ownership.effect import attempt_values, done, telling
from troth.ownership.trial import in_path, out_of_scope, streaming, trial
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "CWE-862", "ASVS-v5.0.0-8.2.2", "WFC-206")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if operation.safe or operation.method == "DELETE" or streaming(operation):
        return "it does not write"
    if not in_path(target, operation):
        return "no thing stands in its path"
    return out_of_scope(target, operation)


@prop("SEC302", severity="critical", refs=REFS, unless=unasked)
def test_ownership_write(target: Target, operation: Operation) -> None:
    """The victim looks, the stranger writes, the victim looks."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        found = done(asked, attempt_values(asked), named=True)
        expect(
            found is None,
            f"{operation.label}, sent by `{asked.rivals.stranger}`, changed what is "
            f"`{asked.rivals.victim}`'s",
            *((found.before, found.request, found.after) if found is not None else ()),
            root=f"{operation.label} lets a stranger change what is another's",
            telling=telling(found) if found is not None else (),
        )
