"""SEC331: no page of a foreign origin may read what a browser fetches with somebody's credentials.

A browser keeps an answer from the page that asked for it unless the answer names the page's
origin (`Access-Control-Allow-Origin`), and from one that asked with cookies or HTTP authentication
unless `Access-Control-Allow-Credentials: true` is there too. A service that repeats whatever
Origin it is sent, allows `null`, or compares with `startswith`, `endswith` or an unescaped regular
expression, lets any page read what its visitors may (CWE-942, CWE-346). Asked are a foreign
origin, `null`, and look-alikes of those that `[target] origins` names and of the service's own:
`https://app.example.evil.test`, `https://evilapp.example`, `https://app.example@evil.test`, a dot
that is any character, another scheme, another port. They are asked in simple requests and in
preflights, of what is served and of what is refused.

The control is an answer at all; the answer itself shows the fault. Where cookies or HTTP
authentication are in use it is *high*, where `[target] origins` says who may, *medium*, else
*low*: a page can not send a bearer token that it does not have.

`Access-Control-Allow-Origin: *` without credentials is no finding, nor is an origin that is
repeated without credentials, which says the same, nor `*` with credentials, which browsers refuse.
Pages on loopback, subdomains, other letter case and a dot at the end are not held against a
service. Without credentials a look-alike counts where the foreign origin is refused: then there is
a list.

An answer that a cache may keep, and that names an origin where the foreign one was told something
else at the same place, says `Vary: Origin` (Fetch standard, "CORS protocol and HTTP caches";
*low*): else the cache gives one page what was made for another. Where all are told the same, `*` or
one constant origin, it need not.
"""

from dataclasses import replace

from troth import control, expect, prop
from troth.case import Case
from troth.checks.origin import UNVARIED, unvaried
from troth.exchange import Exchange
from troth.exposure.preflights import path_of
from troth.exposure.sampled import sampled
from troth.spec.harmless import streams
from troth.spec.operation import Operation
from troth.spread import spread
from troth.strategies.origins import Offered, offered
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API8:2023", "CWE-942", "CWE-346", "ASVS-v5.0.0-3.4.2")


@prop("SEC331", severity="high", refs=REFS, unless=sampled)
def test_cors(target: Target, operation: Operation) -> None:
    """The first operation is asked from everywhere, others from a few places by turns."""
    origins = offered(target.file.target.origins, target.base_url)
    seen = target.observer.leaks.origins
    with target.world() as world:
        first, seen.asked = not seen.asked, True
        some = origins if first else (origins[0], *spread(target, operation, origins[1:])[:2])
        allowed = tuple(Offered(each, "allowed") for each in target.file.target.origins[:1])
        foreign: list[Exchange] = []
        for each in (*some, *allowed):
            for case in _cases(world, operation, each):
                who = target.sender(operation)
                answer = world.send(case, principal=who)
                control(answer.response, "no answer to judge")
                world.judge(answer)
                foreign = foreign or [answer]
                found = unvaried(answer, seen)
                expect(not found, UNVARIED, *foreign, answer, root=UNVARIED, severity="low")
            if not first:
                continue
            lost = _asked("GET", "/troth-no-such-thing", each)
            world.judge(world.send(lost, principal="anonymous"))


def _cases(world: World, operation: Operation, each: Offered) -> list[Case]:
    """The request itself where it only reads, else its preflight: nothing is done for a page."""
    path = path_of(world.target, operation)
    if operation.method == "GET" and not streams(operation):
        return [_asked("GET", path, each)]
    wanted = ("Access-Control-Request-Method", operation.method)
    return [replace(_asked("OPTIONS", path, each), headers=(("Origin", each.origin), wanted))]


def _asked(method: str, path: str, each: Offered) -> Case:
    return Case(None, method, path, (("Origin", each.origin),), purpose=f"from {each.kind}")
