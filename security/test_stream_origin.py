"""SEC332: where a stream is for the service's own pages, it is for no others.

An event stream is opened from a page by `EventSource`, which sends cookies and no preflight. A
service that looks at `Origin` before it streams, and refuses a foreign one, means to keep others
out: then `null` and every look-alike of an allowed origin is refused too (see SEC331 for which
these are). Where `[target] origins` names who may, or cookies or HTTP authentication are in use,
every other stream of the service refuses a foreign one as well (CWE-346, CWE-1385). That one
stream forgot the check, or compares with `startswith`, is what is found.

The control is the same request without an Origin, and with an allowed one where `[target] origins`
names any: both are served. What is served to a foreign page is asked twice, and counts where it is
served both times. A service that looks at no Origin at any stream or WebSocket is no finding here:
without `Access-Control-Allow-Origin` the page can not read what comes, and with it that is
SEC331's.
"""

from troth import applies, control, expect, prop
from troth.exchange import Exchange
from troth.exposure.streaming import asked_from, guarded, no_stream, served_at_all
from troth.spec.operation import Operation
from troth.strategies.origins import Offered, offered
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API8:2023", "CWE-346", "CWE-1385", "ASVS-v5.0.0-3.5.1")


@prop("SEC332", severity="medium", refs=REFS, unless=no_stream)
def test_stream_origin(target: Target, operation: Operation) -> None:
    """A foreign origin, and where that is refused the others; in smoke some of them by turns."""
    seen, mine = target.observer.leaks.origins, target.file.target.origins
    foreign, *others = offered(mine, target.base_url)
    with target.world() as world:
        applies(guarded(world), "no stream and no WebSocket looks at the Origin")
    with target.world() as world:
        for origin in mine[:1]:
            good = asked_from(world, operation, Offered(origin, "allowed"))
            control(good.ok, f"an allowed Origin is answered {good.status}")
        answer = asked_from(world, operation, foreign)
        if not mine and not answer.ok:
            served_at_all(world, operation)
        named = bool(mine) or seen.ambient
        applies(named or not answer.ok, "it is for pages of any origin")
        _refuted(world, operation, foreign, answer)
        most = 1 if target.profile.examples == 1 and seen.streams else len(others)
        first = [each.label for each in target.spec.operations].index(operation.label)
        seen.streams = True
        for step in range(most):
            each = others[(first + step) % len(others)]
            _refuted(world, operation, each, asked_from(world, operation, each))


def _refuted(world: World, operation: Operation, each: Offered, answer: Exchange) -> None:
    again = asked_from(world, operation, each) if answer.ok else answer
    what = f"a stream is served to an Origin that is not allowed: {each.kind}"
    expect(not (answer.ok and again.ok), what, again, root=what)
