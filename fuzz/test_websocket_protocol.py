"""FUZ113: what a WebSocket answers is as its description says, and it never just goes away.

`x-websocket` of a path item says which frames are received, in which order they come, with which
codes the service closes and with which statuses it refuses a handshake. Every conversation of
every property is judged: a frame of an undocumented type or against its schema, one that comes
where it may not, an undocumented refusal or close, and a connection that ends without a close
frame (1006) refute it. The control is a handshake that was answered 101. What the document does
not say of a WebSocket is not judged; a time in which nothing comes is no finding.
"""

from troth import control, prop
from troth.spec.operation import Socket
from troth.target import Target

REFS = ("RFC6455", "OWASP-API9:2023", "CWE-1059")


@prop("FUZ113", severity="medium", refs=REFS, operations=False, sockets=True)
def test_websocket_protocol(target: Target, operation: Socket) -> None:
    """Opens it once more, says the same, and judges all that came."""
    with target.world() as world:
        accepted = world.accepted(operation)
        answer = world.send(world.case(operation, accepted.values))
        control(answer.response, "no answer to the handshake")
        world.judge(answer)
        control(answer.ok, f"the handshake was refused with {answer.status}")
