"""SEC303: nobody deletes what is somebody else's.

A stranger deletes a victim's thing by its id. What counts is what the victim sees afterwards: it
is gone, or is another one, whatever the stranger was answered. Many services look only at who may
delete things of that kind.

Control: the owner's same request on a twin is served, and he saw the thing before. What went once
must go again on another twin, after a deletion of what nobody has did not take it along. Not
findings: a 204 upon which the thing is still there; things that a list shows to everybody, unless
the target file says whose they are (`[resources.thing] owner`).
"""

from troth import control, expect, prop
from troth.ownership.effect import done
from troth.ownership.trial import in_path, out_of_scope, trial
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "CWE-862", "ASVS-v5.0.0-8.2.2", "WFC-206")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if operation.method != "DELETE":
        return "it does not delete"
    if not in_path(target, operation):
        return "no thing stands in its path"
    return out_of_scope(target, operation)


@prop("SEC303", severity="critical", refs=REFS, unless=unasked)
def test_ownership_delete(target: Target, operation: Operation) -> None:
    """The victim looks, the stranger deletes, the victim looks."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        found = done(asked, asked.fresh())
        expect(
            found is None,
            f"{operation.label}, sent by `{asked.rivals.stranger}`, deleted what is "
            f"`{asked.rivals.victim}`'s",
            *((found.before, found.request, found.after) if found is not None else ()),
            root=f"{operation.label} lets a stranger delete what is another's",
        )
