"""FUZ113: what a WebSocket answers is as its description says, and it never just goes away.

`x-websocket` of a path item says which frames are received, in which order they come, with which
codes the service closes and with which statuses it refuses a handshake. Every conversation of
every property is judged: a frame of an undocumented type or against its schema, one that comes
where it may not, an undocumented refusal or close, and a connection that ends without a close
frame (1006) refute it. The control is a handshake that was answered 101.

Then it is told what it does not want, once a connection: JSON that is cut off, nested or of no
known type, text that is no UTF-8, a binary frame, a length that no frame has, frames against
RFC 6455. It answers an error frame that it describes, or closes with a code that says what was
wrong (1002, 1003, 1007, 1008, 1009, or a documented one); not 1011, which is a crash, and not
1006. A frame that was served is served in fragments and between pings too. After each, the next
connection is opened.

What the document does not say of a WebSocket is not judged; a time in which nothing comes is no
finding, also after a frame that it may have passed over, and where RFC 6455 itself was broken the
connection may end without a close frame (section 7.1.7).
"""

import json
from dataclasses import replace
from itertools import islice

from troth import control, expect, prop
from troth.case import NO_BODY, Fault, Script
from troth.spec.operation import Socket
from troth.spec.stream import spoken
from troth.strategies.frames import Unwanted, unwanted
from troth.target import Target
from troth.world import World

REFS = ("RFC6455", "OWASP-API9:2023", "CWE-1059", "CWE-20", "CWE-248")
PATIENT = 3
"""Conversations in which nothing came, after which no answer is waited for any more."""


@prop("FUZ113", severity="medium", refs=REFS, operations=False, sockets=True)
def test_websocket_protocol(target: Target, operation: Socket) -> None:
    """Opens it once more, says the same, and judges all that came; then says what is wrong."""
    with target.world() as world:
        accepted = world.accepted(operation)
        answer = world.send(world.case(operation, accepted.values))
        control(answer.response, "no answer to the handshake")
        world.judge(answer)
        control(answer.ok, f"the handshake was refused with {answer.status}")
        body = accepted.values.body
        served = None if body is NO_BODY else json.dumps(body).encode()
        first = [each.type for each in spoken(answer.frames or ())][:1]
        silent = 0
        for each in islice(unwanted(served), target.profile.boundary):
            silent += not _told(world, operation, each, first, patient=silent < PATIENT)


def _told(
    world: World, operation: Socket, each: Unwanted, first: list[str], *, patient: bool
) -> bool:
    """Says what is unwanted, judges what comes of it, and whether anything did."""
    base = world.case(operation, world.accepted(operation).values)
    script = base.script if each.served and base.script is not None else Script()
    awaited = script.awaited or (1 if patient else 0)
    fault = None if each.served else Fault("frame", "", each.kind, each.kind)
    said = replace(script, send=each.frames, awaited=awaited)
    answer = world.send(replace(base, script=said, fault=fault, purpose=f"says {each.kind}"))
    control(answer.response, "no answer to the handshake")
    control(answer.status != 429, "handshakes are limited: 429")
    what = f"{operation.label} is not opened any more after frames that it does not want"
    expect(answer.ok, f"{what}: {answer.status}", answer, root=what)
    world.judge(answer)
    heard = [each.type for each in spoken(answer.frames or ())]
    if each.served and first:
        what = f"{operation.label} does not answer {each.kind} as it answers it whole"
        expect(first[0] in heard, what, answer, root=what)
    return bool(heard) or any(frame.kind == "close" for frame in answer.frames or ())
