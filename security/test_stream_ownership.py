"""SEC309: no event stream and no WebSocket frame reaches what is somebody else's.

Who is let in once is often not asked again: a frame over an open connection, or the id with which
a stream is taken up, names another's session, and it is continued, interrupted or replayed.

Event streams that name a thing in their path, query or body are asked as SEC301, SEC302 and SEC305
ask all else; of a WebSocket each type of frame that has a member named like a kind of thing. The
stranger's connection is his own, the id is the victim's.

Control: the owner is served with the stream, or answered otherwise over the WebSocket than the
stranger, or sees an effect of his own frame. A finding is that what the victim sees of his thing
changes, or that events or frames say what only it says; seen again on another one. Not findings:
an error frame, a close, events about nothing of the victim's, and what is everybody's.
"""

from troth import control, expect, prop
from troth.ownership.borrowed import borrowable, kinds
from troth.ownership.eavesdrop import namings, overheard, unheard
from troth.ownership.effect import telling
from troth.ownership.streamed import streamed
from troth.ownership.trial import in_path, out_of_scope, streaming, trial
from troth.people.rivals import nobody
from troth.prop import Inconclusive
from troth.spec.operation import Operation, Socket
from troth.target import Target

REFS = ("OWASP-API1:2023", "CWE-639", "CWE-1385", "ASVS-v5.0.0-4.4.3", "ASVS-v5.0.0-8.2.2")


def unasked(target: Target, asked: Operation | Socket) -> str:
    """Why it is not asked."""
    if isinstance(asked, Socket):
        return unheard(target, asked)
    if not streaming(asked):
        return "it answers no event stream"
    if not in_path(target, asked) and not any(
        True for place in borrowable(target, asked) for _ in kinds(target, asked, place)
    ):
        return "it names nothing that somebody could own"
    return out_of_scope(target, asked)


@prop("SEC309", severity="high", refs=REFS, sockets=True, unless=unasked)
def test_stream_ownership(target: Target, operation: Operation | Socket) -> None:
    """A stream once, a WebSocket for each type of frame."""
    with target.world() as world:
        if isinstance(operation, Socket):
            answered, why = False, ""
            for naming in namings(target, operation):
                try:
                    pair, found = overheard(world, operation, naming)
                except Inconclusive as reason:
                    why = str(reason)
                    continue
                answered = True
                expect(
                    found is None,
                    f"a frame `{naming.type}` of `{pair.stranger}` reaches what is "
                    f"`{pair.victim}`'s",
                    *((found.before, found.request, found.after) if found is not None else ()),
                    root=f"{operation.label}: `{naming.type}` names another's {naming.member}",
                )
            control(answered, f"no type of frame was answered better to its owner: {why}")
            return
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        found = streamed(asked)
        expect(
            found is None,
            f"{operation.label} reaches for `{asked.rivals.stranger}` what is "
            f"`{asked.rivals.victim}`'s",
            *((found.before, found.request, found.after) if found is not None else ()),
            root=f"{operation.label} streams or changes what is another's",
            telling=telling(found) if found is not None else (),
        )
