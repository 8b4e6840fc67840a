"""SEC333: no page of a foreign origin opens a WebSocket with its visitor's credentials.

The same-origin policy does not hold for WebSockets: any page opens one anywhere, the browser puts
the cookies of that service on the handshake, and the page reads what comes. Only the service can
tell, by `Origin` (RFC 6455 section 10.2; CWE-1385). So where a handshake is let in by a cookie or
by HTTP authentication, one from a foreign origin, from `null` and from a look-alike is not
answered 101. Where it is let in by a header that no page can set, this is asked where the service
evidently wants to know: `[target] origins` names whose pages may, or a foreign one is refused.

The control is the same handshake without an Origin, and with an allowed one where there is one:
both are opened. It is asked twice, and counts where it is opened both times. Subdomains, other
letter case and pages on loopback are no findings, nor is a WebSocket that is open to everybody.
"""

from dataclasses import replace

from troth import applies, control, expect, prop
from troth.exchange import Exchange
from troth.spec.operation import Socket
from troth.strategies.origins import Offered, offered
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API8:2023", "CWE-1385", "CWE-346", "RFC6455-10.2", "ASVS-v5.0.0-4.4.2")


@prop("SEC333", severity="high", refs=REFS, operations=False, sockets=True)
def test_websocket_origin(target: Target, operation: Socket) -> None:
    """Handshakes from everywhere."""
    seen, mine = target.observer.leaks.origins, target.file.target.origins
    with target.world() as world:
        accepted = world.accepted(operation)
        applies(accepted.credential or mine, "it is open to everybody")
        for origin in mine[:1]:
            good = _from(world, operation, Offered(origin, "allowed"))
            control(good.ok, f"an allowed Origin is answered {good.status}")
        foreign, *others = offered(mine, target.base_url)
        answer = _from(world, operation, foreign)
        refused = not answer.ok
        seen.guards |= refused
        applies(refused or mine or seen.ambient, "it is opened by no ambient credential")
        _refuted(world, operation, foreign, answer, ambient=seen.ambient)
        for each in others:
            _refuted(world, operation, each, _from(world, operation, each), ambient=seen.ambient)


def _refuted(
    world: World, operation: Socket, each: Offered, answer: Exchange, *, ambient: bool
) -> None:
    again = _from(world, operation, each) if answer.ok else answer
    what = f"a WebSocket is opened for an Origin that is not allowed: {each.kind}"
    severity = "" if ambient else "medium"
    expect(not (answer.ok and again.ok), what, again, root=what, severity=severity)


def _from(world: World, operation: Socket, each: Offered) -> Exchange:
    accepted = world.accepted(operation)
    case = world.case(operation, accepted.values, purpose=f"from {each.kind}")
    silent = replace(case.script, send=(), awaited=0) if case.script else None
    case = replace(case, headers=(*case.headers, ("Origin", each.origin)), script=silent)
    answer = world.send(case)
    control(answer.response and answer.status < 500, "no answer to judge")
    return answer
