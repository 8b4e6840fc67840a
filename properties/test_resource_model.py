"""PRO204: what is made, changed, deleted and listed agrees with a dictionary.

A model keeps, for every thing that it makes, the members that were sent and read back equal.
Two principals take turns, on things of their own, where the kind is not public. Then holds: what
was made is there; what was not sent in a PATCH stays; a PUT sent twice does what it did once; a
refused write changes nothing; what was deleted is gone, for its reader, its lists and its
searches, and stays gone when it is deleted again; a list shows what it showed of its like.

Control: a member counts once it was read back as it was sent; a list once it has shown something
right after it was made; what a PATCH seems to have touched must change under one that changes
nothing, too. Not a finding: a second DELETE that is served, or refused; a deleted thing that is
still shown but marked as such; a PUT that makes the thing anew; members that change by
themselves; pages beyond the first.
"""

from typing import Any

from hypothesis import strategies as st

from troth import applies, prop
from troth.models.dictionary import Shelf
from troth.models.listings import list_them
from troth.models.machine import Machine, Rule, drive
from troth.models.resource import json_type
from troth.models.shelf import (
    MOST,
    be_refused,
    change,
    delete,
    make_as_another,
    make_one,
    make_other,
    read_one,
    use_deleted,
)
from troth.spec.families import Family, is_asynchronous
from troth.target import Target
from troth.world import World


@prop("PRO204", severity="high", refs=("OWASP-API3:2023", "CWE-664", "CWE-471"), operations=False)
def test_resource_model(target: Target, resource: Family) -> None:
    """A machine a kind."""
    family, create = resource, resource.create
    assert create is not None

    def begin(world: World) -> Shelf:
        applies(not is_asynchronous(create), "it is promised only that one will be made")
        return Shelf(world, family)

    changes = [each for each in (family.patch, family.replace) if each is not None]
    changes = [each for each in changes if not target.closed(each)]
    turns = {"turn": st.integers(0, MOST - 1)}
    some: dict[str, Any] = {"entry": lambda shelf: st.sampled_from(shelf.live())}
    dead: dict[str, Any] = {"entry": lambda shelf: st.sampled_from(shelf.gone())}
    lists = [each for each in family.listings if each.identified]
    rules: list[Rule[Shelf]] = [Rule("make one", make_one)]
    rules += [
        Rule(
            f"change it by {each.method}",
            change,
            {**some, **turns, "by": st.just(each)},
            Shelf.has_live,
        )
        for each in changes
    ]
    rules += [
        Rule(f"list by {each.label}", list_them, {"listing": st.just(each)}, Shelf.has_any)
        for each in lists
    ]
    refused = [each for each in (*changes, create) if json_type(each)]
    if refused:
        by = {"by": st.sampled_from(refused)}
        rules.append(Rule("be refused", be_refused, {**some, **turns, **by}, Shelf.has_live))
    if family.delete is not None and not target.closed(family.delete):
        rules.append(Rule("delete it", delete, some, Shelf.has_live))
        rules.append(Rule("use what is deleted", use_deleted, dead, Shelf.has_gone))
    rules.append(Rule("make one of another kind", make_other, turns))
    if family.owner != "public":
        rules.append(Rule("make one as another principal", make_as_another))
    rules.append(Rule("read one", read_one, some, Shelf.has_live))
    drive(target, Machine(f"model of {family.name}", begin, rules))
