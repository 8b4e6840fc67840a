"""SEC363: nobody learns from a sign-in, or from asking for a new password, whom the service knows.

A wrong password for somebody who is known, and one for a name that nobody has, are answered alike:
status, body and headers, without what was sent. So is the request for a new password. Whoever can
tell them apart collects names first, and then guesses the passwords of those who exist (CWE-204).

From ci on the time is compared, too (CWE-208): 20 and 20 by turns, whose ranks differ so that it
happens by chance less than once in a million times, and by 10 ms or more in the middle; both once
more in a second batch.

The control is that the known one signs in. Two answers are compared of each sort: what changes by
itself is left out. It is asked of somebody made for this where `[session] throwaway` says how, else
of a principal, twice. That a sign-up says that a name is taken is no finding.
"""

from typing import Any

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.people.person import Person, person
from troth.probes.probing import quick
from troth.probes.ranks import apart, error_rate
from troth.probes.strangers import asked_for, guess, hands_out, nobody, resets, said, told_apart
from troth.subjects import Subject
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API2:2023", "CWE-204", "CWE-208", "CWE-203", "ASVS-v5.0.0-6.3.8")
EACH = 20
"""Measurements of each sort in a batch."""
BY_CHANCE = 1e-6
APART = 0.010
"""Seconds, which are seen through a network as well."""
TIRED = 5
"""Wrong passwords after which somebody new is made."""


@prop("SEC363", severity="medium", refs=REFS)
def test_enumeration(target: Target, session: Subject) -> None:
    """By what is said, by what is said to who has forgotten, and by how long it takes."""
    login = session.operations[0]
    disposable = False
    with target.world() as world:
        someone = person(world)
        if someone.disposable:
            someone.log_in()
        else:
            control(_signs_in(target, someone), "the known one does not sign in")
        known: list[Any] = []
        unknown: list[Any] = []
        shown: list[Exchange] = []
        for _ in range(2):
            for sort, answers in ((True, known), (False, unknown)):
                made = guess(someone, known=sort)
                answer = someone.try_to_log_in(made.body)
                answers.append(said(answer, made.hidden))
                shown.append(answer)
        how = told_apart(known, unknown)
        root = f"{login.label} tells by its {how} whom the service knows"
        expect(not how, root, *shown[-2:], root=root, telling=_telling(how, shown[-1]))
        if someone.disposable:
            _forgotten(world, someone)
        disposable = someone.disposable
    if not quick(target) and disposable:
        with target.world() as world:
            _timed(world, login.label)


def _signs_in(target: Target, someone: Person) -> bool:
    for name, each in target.file.principals.items():
        if each.login is not None:
            return target.principals[name].token is not None
    return someone.disposable


def _telling(how: str, answer: Exchange) -> tuple[str, ...]:
    """Where in a body of JSON stands what differs: a replay compares it."""
    try:
        body: Any = answer.response.json() if answer.response is not None else None
    except ValueError:
        return ()
    return tuple(f"/{name}" for name in body) if how == "body" and isinstance(body, dict) else ()


def _forgotten(world: World, someone: Person) -> None:
    for operation, name, value in resets(world.target, someone.body):
        known: list[Any] = []
        unknown: list[Any] = []
        shown: list[Exchange] = []
        for _ in range(2):
            for answers, given in ((known, value), (unknown, nobody(value))):
                answer = asked_for(someone, operation, name, given)
                answers.append(said(answer, (given,)))
                shown.append(answer)
        if any(each[0] in {400, 422} or hands_out(each[1]) for each in known):
            continue  # It wants more than that, or is no form for people but made for tests.
        how = told_apart(known, unknown)
        root = f"{operation.label} tells by its {how} whom the service knows"
        expect(not how, root, *shown[-2:], root=root, telling=_telling(how, shown[-1]))


def _timed(world: World, label: str) -> None:
    """Two batches, in each of which known and unknown come by turns."""
    shown: list[Exchange] = []
    for _ in range(2):
        times: dict[bool, list[float]] = {True: [], False: []}
        someone = person(world)
        for turn in range(EACH):
            if turn and turn % TIRED == 0:
                someone = person(world)
            for sort in (turn % 2 == 0, turn % 2 == 1):
                answer = someone.try_to_log_in(guess(someone, known=sort).body)
                control(answer.response and answer.status < 500, "no answer to judge")
                control(answer.status != 429, "the service limits how often it may be asked")
                assert answer.response is not None
                times[sort].append(answer.response.elapsed)
                shown = [*shown[-1:], answer]
        longer = abs(apart(times[True], times[False]))
        if error_rate(times[True], times[False]) >= BY_CHANCE or longer < APART:
            world.example.expected += 1
            return
    root = f"{label} tells by its time whom the service knows"
    message = f"{root}: {longer * 1000:.0f} ms in the middle"
    expect(False, message, *shown, root=root)  # noqa: FBT003 - the refutation
