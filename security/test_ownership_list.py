"""SEC304: lists and searches show nobody what is somebody else's alone.

A filter by owner is easily forgotten where things are listed or searched, while each of them is
refused by its id. A victim makes a thing; a stranger walks the same list, or searches for it.

Control: the victim's list shows it to him. A finding wants a contrast, for many lists are
everybody's on purpose: the stranger is refused the same thing by its id, and the row hides nothing
that he would read there, or both belong to different tenants, or the target file says whose such
things are. It is then made and looked for once more. Not findings: what anonymous is listed too,
what a stranger may read anyway (if that is wrong it is SEC301's), and directories that show less
of each than its own page does.
"""

from troth import control, expect, prop
from troth.listed import listed_to, made_by
from troth.rivals import nobody
from troth.spec.families import Collection
from troth.target import Target
from troth.trial import places, trial

REFS = ("OWASP-API1:2023", "OWASP-API3:2023", "CWE-639", "CWE-200", "ASVS-v5.0.0-8.2.2")


def unasked(target: Target, collection: Collection) -> str:
    """Why it is not asked of a list."""
    operation, family = collection.listing.operation, collection.family
    if family is None or family.create is None or target.closed(family.create):
        return "nothing is made that it lists"
    if places(target, operation):
        return "it lists what is below a thing: it is read as that is"
    if not operation.security and target.spec.schemes:
        return "the document asks for no credential"
    return nobody(target, operation) or nobody(target, family.create)


@prop("SEC304", severity="high", refs=REFS, operations=False, unless=unasked)
def test_ownership_list(target: Target, collection: Collection) -> None:
    """The victim makes a thing, and both look for it."""
    family = collection.family
    with target.world() as world:
        assert family is not None
        assert family.create is not None
        asked = trial(world, family.create)
        thing = made_by(asked, collection)
        found = listed_to(asked, collection, thing)
        if found is not None:
            thing = made_by(asked, collection, anew=True)
            found = listed_to(asked, collection, thing)
            control(found, "a stranger was shown it once, and not again")
        expect(
            found is None,
            f"{collection.label} lists to `{asked.rivals.stranger}` what is "
            f"`{asked.rivals.victim}`'s",
            *((found,) if found is not None else ()),
            root=f"{collection.label} lists what is another's",
            telling=(f"has {thing.id}",),
        )
