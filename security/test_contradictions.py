"""SEC322: who is refused the lesser thing is not served the greater one.

Without any policy, answers contradict one another: a role that may neither make nor change a kind
of thing, 403 both times, and may delete one of somebody else's; an operation that is refused to a
role at one path and served at another that stands for it (`/v1/users` and `/v2/users`). Each is a
guard that was forgotten. So is one that stops a role and lets pass whoever shows no credential at
all, and one that knows a path by its text, where the router reads it otherwise: with a slash behind
it, a doubled one, or in capital letters.

The control is a principal of another role in the same tenant, whose thing it is and who is served
all of it; the thing must be gone for him afterwards. It must come out so on two things, or twice.
A role that may delete and may make, or change, is no finding: moderators do that. Nor is a 404 or a
401 anywhere, and principals without a `role` are not compared. At another spelling counts only what
tells all that whoever may is told each time: not a front page, nor a redirection. Smoke does not
ask for other spellings.
"""

from dataclasses import replace

from troth import applies, control, expect, prop
from troth.authority.aliases import contradicted
from troth.authority.presented import served
from troth.authority.standing import brief, others
from troth.models.resource import ask, json_type, make
from troth.models.rows import look
from troth.spec.families import Family
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API5:2023", "CWE-285", "CWE-863", "ASVS-v5.0.0-8.2.1")


@prop("SEC322", severity="high", refs=REFS)
def test_contradictions(target: Target, ranked: Subject) -> None:
    """A kind of thing, or two paths that are one."""
    with target.world() as world:
        if isinstance(ranked.section, Family):
            _deletes(world, ranked.section)
        elif len(ranked.operations) == 1:
            _elsewhere(world, ranked)
        else:
            _alias(world, ranked)


def _deletes(world: World, family: Family) -> None:
    target = world.target
    change = family.patch or family.replace
    assert family.create is not None
    assert family.delete is not None
    assert change is not None
    accepted = world.accepted(family.create)
    lower = others(target, family.delete, accepted.principal)
    applies(lower, "no principal of another role in its tenant shows this kind of credential")
    case = world.case(family.create, accepted.values)
    body = world.accepted(change).values.body
    found = False
    for who in lower[:1] if brief(target) else lower:
        if world.send(case, principal=who).status != 403:
            continue
        found = True
        for _ in range(2):
            thing = make(world, family, who=accepted.principal)
            values = replace(thing.values(world, change), body=body, media_type=json_type(change))
            lesser = world.send(world.case(change, values), principal=who)
            if lesser.status != 403:
                expect(lesser.status, "not refused")
                break
            greater = ask(world, thing, family.delete, who=who)
            if not greater.ok:
                expect(not greater.ok, "refused")
                break
            seen, left = look(world, thing)
            if left is not None:
                break
        else:
            role = target.roles.role(who)
            what = f"`{role}` may not make or change a {family.name}, and deletes others'"
            expect(False, what, thing.made, lesser, greater, root=what)  # noqa: FBT003
            control(seen, "it is not looked at")
    applies(found, "no other role is refused to make one")


def _elsewhere(world: World, ranked: Subject) -> None:
    operation = ranked.operations[0]
    accepted = world.accepted(operation)
    applies(accepted.credential == "principal", "it asks for a token of its own, or for none")
    found = contradicted(world, operation, accepted)
    if found is not None:
        found = contradicted(world, operation, accepted)
        control(found, "seen once, and not again")
    what, shown = found or ("", ())
    expect(not what, what, *shown, root=what)


def _alias(world: World, ranked: Subject) -> None:
    one, other = ranked.operations
    first, second = world.accepted(one), world.accepted(other)
    control(served(first.exchange, second.exchange), "the two paths do not answer alike")
    asked = False
    for who in others(world.target, one, first.principal):
        cases = [world.case(each, at.values) for each, at in ((one, first), (other, second))]
        asked = True
        for _ in range(2):
            here, there = (world.send(case, principal=who) for case in cases)
            if not {here.status, there.status} & {403} or not (here.ok or there.ok):
                expect(here.status, "alike")
                break
        else:
            role = world.target.roles.role(who)
            shown = (there, here) if here.ok else (here, there)
            what = f"`{role}` is refused at one path and served at another: {ranked.label}"
            expect(False, what, *shown, root=what)  # noqa: FBT003
    applies(asked, "no principal of another role in its tenant shows this kind of credential")
