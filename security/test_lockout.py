"""SEC362: who guesses somebody's password too often is stopped, and nobody else is.

Of a login whose limit the target file counts by account (`[limits.X] by = "account"`): once it is
used up by wrong passwords, the refusal says until when (`Retry-After`). Somebody else logs in as
ever, and the session that the account has lives on: else anybody could shut anybody out. Where the
wait is short, it ends (CWE-645, CWE-307).

The control is the account's own login before, and the other's, with right passwords; both are made
for this alone. A limit that is never met is SEC361's; one that is counted by address concerns all
who come from there, on purpose.
"""

from troth import applies, control, expect, prop
from troth.people.person import Person
from troth.probes.throttle import Limited, exhaust, limited
from troth.session import session
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API2:2023", "CWE-645", "CWE-307", "ASVS-v5.0.0-6.3.1", "RFC6585-4")
PATIENCE = 5
"""Seconds that are waited for its end at most."""


def _none(target: Target, limit: Subject) -> str:
    section, login = limit.section, target.file.session.login
    named = login is not None and limit.operations[0].named(login.operation)
    counted = (
        named
        and section is not None
        and section.by == "account"
        and section.wrong
        and section.body is not None
    )
    return "" if counted else "it is no limit of logins that is counted by account"


@prop("SEC362", severity="medium", refs=REFS, last=True, unless=_none)
def test_lockout(target: Target, limit: Subject) -> None:
    """One account is locked; it alone, and until it is told."""
    with target.world() as world:
        someone, other = limited(world, limit.section), limited(world, limit.section)
        victim = _person(world, someone)
        grant = victim.log_in()
        sent, enough = exhaust(someone)
        applies(enough, "the limit is not met")
        refused = sent[-1]
        label = limit.operations[0].label
        told = refused.response.header("retry-after") if refused.response else None
        root = f"{label}: who is locked out is not told until when"
        expect(told and refused.status in {429, 423, 503}, root, *sent, root=root)
        alive = victim.probe(grant.access[-1])
        root = f"{label}: too many wrong passwords end the sessions of their owner"
        shown = [grant.login, *sent, alive]
        if not alive.ok:
            _again(world, limit)
        expect(alive.ok, root, *shown, root=root)
        free = other.with_body(other.right, "somebody else, with the right one")
        still = someone.once_more("is it locked still?")
        control(still.status == refused.status, "the lock ended meanwhile")
        root = f"{label}: too many wrong passwords of one account lock others out"
        expect(free.ok, root, *sent, free, root=root)
        seconds = int(told) if told and told.isdecimal() else PATIENCE + 1
        if seconds <= PATIENCE:
            back = someone.with_body(someone.right, "when it is over", after=seconds + 1)
            root = f"{label}: a lock does not end when it is said to"
            expect(back.ok, root, *sent, back, root=root)


def _person(world: World, someone: Limited) -> Person:
    target = world.target
    steps = session(target.file.session, target.spec, target.base_url + target.prefix)
    assert steps is not None  # there is a login, else it was left out
    return Person(someone.scene, steps, target.file.session, someone.right, disposable=True)


def _again(world: World, limit: Subject) -> None:
    """Whether another one's session ends as well: else nothing was shown."""
    someone = limited(world, limit.section)
    victim = _person(world, someone)
    grant = victim.log_in()
    exhaust(someone)
    control(not victim.probe(grant.access[-1]).ok, "seen once, and not again")
