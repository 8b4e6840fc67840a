"""SEC304: lists, searches, counts and exports tell nobody of what is somebody else's alone.

A filter by owner is easily forgotten where things are listed or searched, while each of them is
refused by its id; and more easily where they are counted, summed up or exported. A victim makes a
thing; a stranger walks the same list, or searches for it, or asks what counts and exports such
things before and after.

Control: the victim's list, number or export shows it to him. A finding wants a contrast, for many
lists are everybody's on purpose: the stranger is refused the same thing by its id, and the row
hides nothing that he would read there, or both belong to different tenants, or the target file says
whose such things are. A number wants more: it grows by one for one thing, by two for two and not at
all for none, while the stranger's own list of them, below which it stands, does not show them; one
that stands elsewhere is a finding only where `[resources.thing] owner` says whose they are. All of
it must come twice. Not findings: what anonymous is told too, what a stranger may read anyway (if
that is wrong it is SEC301's), directories that show less of each than its own page does, and what
changes by itself, such as clocks and counts of requests.
"""

from troth import control, expect, prop
from troth.ownership.listed import listed_to, made_by
from troth.ownership.overview import Overview, told_of
from troth.ownership.overview import unasked as untold
from troth.ownership.trial import places, trial
from troth.people.rivals import nobody, rivals
from troth.spec.families import Collection
from troth.target import Target

REFS = ("OWASP-API1:2023", "OWASP-API3:2023", "CWE-639", "CWE-200", "ASVS-v5.0.0-8.2.2")


def unasked(target: Target, told: Collection | Overview) -> str:
    """Why it is not asked of a list, or of what sums up."""
    operation, family = told.operations[0], told.family
    if family is None or family.create is None or target.closed(family.create):
        return "nothing is made that it lists"
    if places(target, operation):
        return "it lists what is below a thing: it is read as that is"
    if not operation.security and target.spec.schemes:
        return "the document asks for no credential"
    reason = untold(target, told) if isinstance(told, Overview) else ""
    reason = reason or nobody(target, operation) or nobody(target, family.create)
    listing, making = (
        {each.victim for each in rivals(target, one)} for one in (operation, family.create)
    )
    return reason or ("" if listing & making else "whoever makes such things does not list them")


@prop("SEC304", severity="high", refs=REFS, operations=False, unless=unasked)
def test_ownership_list(target: Target, told: Collection | Overview) -> None:
    """The victim makes a thing, and both look for it."""
    family = told.family
    with target.world() as world:
        assert family is not None
        assert family.create is not None
        asked = trial(world, family.create)
        if isinstance(told, Overview):
            seen = told_of(asked, told)
            if seen is not None:
                seen = told_of(asked, told)
                control(seen, "a stranger was told of it once, and not again")
            expect(
                seen is None,
                f"{told.operation.label} tells `{asked.rivals.stranger}` of what is "
                f"`{asked.rivals.victim}`'s",
                *(seen or ()),
                root=f"{told.operation.label} tells of what is another's",
            )
            return
        thing = made_by(asked, told)
        found = listed_to(asked, told, thing)
        if found is not None:
            thing = made_by(asked, told, anew=True)
            found = listed_to(asked, told, thing)
            control(found, "a stranger was shown it once, and not again")
        expect(
            found is None,
            f"{told.label} lists to `{asked.rivals.stranger}` what is `{asked.rivals.victim}`'s",
            *((found,) if found is not None else ()),
            root=f"{told.label} lists what is another's",
            telling=(f"has {thing.id}",),
        )
