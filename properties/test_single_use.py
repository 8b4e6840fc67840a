"""PRO202: what is good for once is good for once, also for those who use it at the same moment.

Refresh, reset, verification and invitation tokens, codes, challenges, transitions that a thing
takes once: whatever an operation takes from an answer of another one. Used a second time it is
refused. Sent by two, three and four at once, each on a connection of its own that waits for the
others with the whole request in hand, exactly one is served. Where `[session] reuse-kills-family`
promises it, the second use of a refresh token ends the session that it is of.

The control is the first use, which is served. That a value is good for once is declared
(`[operations.X] once`, `[session] rotation`), or learnt: what was refused the second time is good
for once. What is served again and again is no finding. Nor are two equal answers that hold a value
nobody could guess: that was one effect, told twice.
"""

from typing import Any

from troth import applies, control, expect, prop
from troth.composing.reach import candidates
from troth.composing.references import Resolver
from troth.exchange import Exchange
from troth.models.errand import again
from troth.people.person import Person, person
from troth.spec.operation import Operation
from troth.subjects import Subject
from troth.target import Target
from troth.told import leaves
from troth.world import World

REFS = ("OWASP-API2:2023", "CWE-362", "CWE-294", "CWE-613", "ASVS-v5.0.0-6.5.1", "RFC9700-4.14.2")
LONG = 16
"""Characters of a value that nobody guesses."""
MOST_ROUNDS = 6


@prop("PRO202", severity="high", refs=REFS)
def test_single_use(target: Target, spent: Subject) -> None:
    """Twice in turn, then by several at once."""
    (operation,) = spent.operations
    session = target.file.session
    renews = session.refresh is not None and operation.named(session.refresh.operation)
    promised = spent.section.once is True or (renews and session.rotation is True)
    with target.world() as world:
        first = world.reach(operation, fresh=True)
        case = target.generator.build(operation, first.values)
        errand = world.errand(case, first.principal, whole=True, purpose="used once more")
        second = world.run(errand)
        control(second.response and second.status < 500, "no answer to the second use")
        control(second.status != 429, "the service limits how often it may be asked")
        shown = (*first.history, first.exchange)
        what = f"{operation.label} takes what is good for once a second time"
        applies(promised or not second.ok, "it is served again with the same values")
        expect(not second.ok, what, *shown, second, root=what)
    if renews and session.reuse_kills_family and session.refresh is not None:
        with target.world() as world:
            _family(person(world))
    for turn in range(min(MOST_ROUNDS, max(1, target.profile.examples // 3))):
        with target.world() as world:
            _race(world, operation, first.principal, 2 + (turn + 1) % 3)


def _family(someone: Person) -> None:
    """A refresh token that was used twice: both the old session and the new tokens are over."""
    world = someone.world
    grant = someone.log_in()
    (old,) = grant.refresh
    renewed = world.run(someone.refreshing(old, grant.access[-1], "used"))
    control(renewed.ok, f"the first use was answered {renewed.status}")
    someone.granted(renewed, grant)
    again = world.run(someone.refreshing(old, grant.access[-1], "used once more"))
    control(again.refused and again.status != 429, "the second use was not refused")
    shown = (grant.login, renewed, again)
    if someone.section.revocation == "immediate":
        probed = someone.probe(grant.access[-1])
        what = "after the second use of a refresh token the access token of its session is served"
        expect(not probed.ok, what, *shown, probed, root=what)
    newest = world.run(someone.refreshing(grant.refresh[-1], grant.access[-1], "the newest"))
    what = "after the second use of a refresh token its session is renewed"
    expect(not newest.ok, what, *shown, newest, root=what)


def _race(world: World, operation: Operation, who: str, count: int) -> None:
    """The same request by ``count`` at once."""
    target = world.target
    resolver = Resolver(world, operation, who, fresh=True, above=(operation.label,))
    path = resolver.path({})
    resolver.prepare(path)
    values = next(candidates(world, operation, resolver, path), None)
    control(values is not None, "there are no values to send")
    assert values is not None
    case = target.generator.build(operation, values)
    errand = world.errand(case, who, whole=True)
    errands = [again(errand, f"one of {count} at once") for _ in range(count)]
    answers = [lane[0].exchange for lane in world.at_once([[each] for each in errands])]
    control(all(each.status != 429 for each in answers), "the service limits how often")
    served = [each for each in answers if each.ok]
    control(served, "none of those who came at once was served")
    lost = sorted(answers, key=lambda each: each.ok)
    what = f"{operation.label} takes what is good for once from several at once"
    message = f"{what}: {len(served)} of {count} were served"
    expect(len(served) == 1 or _one_effect(served), message, *lost, root=what)


def _one_effect(served: list[Exchange]) -> bool:
    """Whether all say the same, and something that cannot be the same by chance."""
    bodies = {each.response.body for each in served if each.response is not None}
    if len(bodies) > 1:
        return False
    try:
        body: Any = served[0].response.json() if served[0].response is not None else None
    except ValueError:
        return False
    return any(isinstance(value, str) and len(value) >= LONG for _, value in leaves(body))
