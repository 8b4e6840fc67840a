"""SEC361: where it is said how often something may be asked, that is so for everybody.

`[limits.X]` names a request and how often it is answered in how many seconds. It is sent until it
is refused with 429 or 423, or answered with a word of its being too often. That must come, and must
stay: whatever the sender chooses (`X-Forwarded-For`, `X-Real-IP`, `Forwarded`, a key that is none,
a query of no meaning, a trailing slash, another letter case) is no way around it, nor does the
right password pass among so many wrong ones (CWE-307, CWE-770, CWE-348).

The control of each way around is the plain request right after it, which is still refused; each is
tried twice. uvicorn believes `X-Forwarded-For` of its own machine by default: where it says that it
is uvicorn and is asked there, that alone is inconclusive. Where windows are fixed, twice as many as
are allowed may pass in a row.

A service for which the target file promises nothing is asked where it promises something itself: a
login of which the document has a 429, or headers about limits, and whose answers say what remains
(`RateLimit-Remaining`). Somebody who is not there asks until nothing does, and three times more;
both by two of them. That is left out where the headers count together all who come from here, for
it would shut out the run, and where more is allowed than can be sent.
"""

from troth import control, doubt, expect, prop
from troth.composing.answers import declined
from troth.exchange import Exchange
from troth.probes.allowance import overdrawn
from troth.probes.probing import quick
from troth.probes.throttle import (
    AROUND,
    exhaust,
    limited,
    renamed,
    throttled,
    ways_around,
    wrong_of,
)
from troth.spec.operation import Operation
from troth.subjects import Subject
from troth.target import Target
from troth.transport.request import origin
from troth.world import World

REFS = ("OWASP-API4:2023", "OWASP-API2:2023", "CWE-307", "CWE-770", "CWE-348", "ASVS-v5.0.0-6.3.1")
QUICKLY = 2
"""Ways around that smoke tries."""


@prop("SEC361", severity="medium", refs=REFS, last=True)
def test_rate_limit(target: Target, limit: Subject) -> None:
    """Until it is too often, and then around that."""
    section, operation = limit.section, limit.operations[0]
    if section is None:
        _as_it_tells(target, operation)
        return
    with target.world() as world:
        someone = limited(world, section)
        sent, enough = exhaust(someone)
        root = f"{operation.label} is answered as often as one likes"
        if not enough:
            # Once more, as somebody else: the limit of the first may have been used up by halves.
            someone = limited(world, section)
            sent, enough = exhaust(someone)
        if not enough and section.wrong is not None:
            good = someone.with_body(someone.right, "the right one")
            control(good.ok and not declined(good), "the right one is not let in: correct [limits]")
        allowed = f"{section.most} in {section.per} s are allowed"
        often = f"{root}: {len(sent)} times in a row, where {allowed}"
        expect(enough, often, *sent, root=root)
        most = QUICKLY if quick(target) else len(AROUND)
        for name, shown in ways_around(someone, sent[0], most):
            around = f"{operation.label}: the limit is walked around by {name}"
            if name == "X-Forwarded-For" and _trusts_loopback(target, sent[0]):
                doubt(f"{around}, which this server believes of who is on its own machine only")
                continue
            expect(False, around, *sent, *shown, root=around)  # noqa: FBT003 - the refutation
        for name, _ in [] if quick(target) else list(renamed(someone)):
            _by_another_name(world, limit, name)
    if section.wrong is not None and not quick(target):
        with target.world() as world:
            _right_one(world, limit)


def _as_it_tells(target: Target, operation: Operation) -> None:
    """What the headers of a login say of its limit; of two who are not there."""
    with target.world() as world:
        shown = overdrawn(world)
        again = overdrawn(world) if shown else ()
        root = f"{operation.label} is answered when nothing remains, as its own headers say"
        expect(not (shown and again), root, *shown, *again, root=root)


def _trusts_loopback(target: Target, answer: Exchange) -> bool:
    """Whether it is uvicorn, asked from where it expects its proxy by default."""
    server = (answer.response.header("server") or "") if answer.response is not None else ""
    return "uvicorn" in server.lower() and origin(target.base_url).loopback


def _by_another_name(world: World, limit: Subject, name: str) -> None:
    """Who is known by another spelling, too, is limited under both together; twice."""
    shown = []
    for _ in range(2):
        someone = limited(world, limit.section)
        body = dict(renamed(someone)).get(name)
        if body is None or not someone.with_body(body, f"the right one, with another {name}").ok:
            return
        sent, enough = exhaust(someone)
        if not enough:
            return
        other = someone.with_body(wrong_of(someone, body), f"with another {name}")
        if throttled(sent[0], other) or other.status != sent[0].status:
            return
        shown += [*sent, other]
    around = f"{limit.operations[0].label}: the limit is walked around by {name}"
    expect(False, around, *shown, root=around)  # noqa: FBT003 - the refutation


def _right_one(world: World, limit: Subject) -> None:
    """Among wrong ones that are refused for being too many, the right one is refused, too."""
    shown = []
    for _ in range(2):
        someone = limited(world, limit.section)
        sent, enough = exhaust(someone)
        control(enough, "the limit is not met")
        again = someone.once_more("a wrong one")
        right = someone.with_body(someone.right, "the right one")
        if not (right.ok and throttled(sent[0], again)):
            world.example.expected += 1
            return
        shown += [*sent, again, right]
    root = f"{limit.operations[0].label}: among too many wrong ones the right one passes"
    expect(False, root, *shown, root=root)  # noqa: FBT003 - the refutation
