"""SEC323: nobody takes over the account of somebody above, and nobody raises himself.

The lower account asks every write whose path names a person, and names the higher one: to set a
password, an e-mail address, a role, to delete a second factor, a session, the account. Whatever the
statuses say, the higher one must log in as before, his session must live, and who he is must be
shown as it was. Then the lower one writes a higher role into himself, where a schema has a member
for it, and must not have it afterwards.

The accounts are made for this: `[session] throwaway` is the higher one, `[session] lower` the
lower. Without the second both are of one rank, and neither may harm the other; without any, two
people sign up, where an operation takes what the login takes. The control is the higher one's login
and session before, on each new pair; a finding must come on two pairs. Members that others may
change, such as followers, are not looked at; a schema that lets people choose a role as they sign
up is no finding.
"""

from collections.abc import Callable

from troth import applies, control, expect, prop
from troth.authority.takeover import Account, Attempt, accounts, attempts, harm, raised, rise, tried
from troth.composing.answers import UNFIT
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API5:2023", "OWASP-API1:2023", "CWE-269", "CWE-620", "ASVS-v5.0.0-8.2.2")


@prop("SEC323", severity="critical", refs=REFS)
def test_vertical_takeover(target: Target, session: Subject) -> None:
    """All attempts on one pair; where it came to harm, each on pairs of its own."""
    del session
    with target.world() as world:
        above, below = accounts(world)
        planned = attempts(target, above, below)
        rising = list(rise(target, below))
        applies(planned or rising, "no write names a person")
        served = []
        if planned:
            before = _well(above)
            answers = [(each, _status(each, above, below)) for each in planned]
            served = [each for each, status in answers if 200 <= status < 300]
            what, _ = harm(above, before)
            for each in (served or planned) if what else ():
                _alone(world, each)
            if all(status in UNFIT for _, status in answers):
                # What nobody may say, not even of himself, harms nobody.
                own = [_status(each, below, below) for each in planned]
                control(set(own) - UNFIT, f"it is refused to everybody: {own[0]}")
            expect(above.grant, "unharmed")
        for attempt, name in rising:
            _rises(world, attempt, name)


def _well(above: Account) -> dict[str, object]:
    answer, before = above.me()
    control(answer.ok, "the higher one's session is not served")
    return before


def _status(attempt: Attempt, above: Account, below: Account) -> int:
    """What the lower one is answered; 0 where it may not be sent."""
    try:
        return tried(attempt, above, below).status
    except Inconclusive:
        return 0


def _twice(world: World, once: Callable[[Account, Account], tuple[str, list[Exchange]]]) -> None:
    what = ""
    shown: list[Exchange] = []
    for _ in range(2):
        made = len(world.example.provenance)
        pair = accounts(world)
        what, shown = once(*pair)
        if not what:
            return
        # What made others is no cause.
        del world.example.provenance[: made if shown else 0]
    expect(not what, what, *pair[0].met, *pair[1].met, *shown, root=what)


def _alone(world: World, attempt: Attempt) -> None:
    def once(above: Account, below: Account) -> tuple[str, list[Exchange]]:
        before = _well(above)
        answer = tried(attempt, above, below)
        what, shown = harm(above, before)
        said = f"somebody lower sent {attempt.operation.label}, and somebody higher {what}"
        # Where the attempt was served, its refusal is what a repaired service shows.
        seen = [answer] if answer.ok else [answer, shown]
        return (said, [each for each in seen if each]) if what else ("", [])

    _twice(world, once)


def _rises(world: World, attempt: Attempt, name: str) -> None:
    def once(_: Account, below: Account) -> tuple[str, list[Exchange]]:
        shown = raised(attempt, name, below)
        what = f"{attempt.operation.label} lets people raise their own `{name}`"
        return (what, shown) if shown else ("", [])

    _twice(world, once)
