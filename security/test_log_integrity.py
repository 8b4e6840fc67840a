"""SEC342: a client writes no log line of its own; records are whole, and say who asked.

What is written as it came lets a client put records into the log that the service never wrote, cut
one in two, or colour an operator's terminal (CWE-117, CWE-116). A text with line ends, a JSON
record, a plain line and a control sequence is sent in a path, a query, a user agent, a body and the
name of a login. None of it may begin a line; where lines are JSON, each that has some of it is one
record; and where they are text, the control sequence is not in it as it is.

Where the records of a JSON log have a correlation id, and the document or `[target] correlation`
says which header it is answered in, those of these requests are among them (CWE-778). Where
`[target] behind-proxy = false` says that nothing stands before the service, the client's address
is not what `X-Forwarded-For` says (CWE-348); without that it is not asked, for servers on loopback
believe their proxy.

The control is a mark in a request sent last (see SEC341), and a second request with the same text:
only what is done to both is a finding. What is sent percent-encoded and noted so is none, nor is a
line that quotes or escapes it.
"""

from contextlib import suppress

from troth import expect, prop
from troth.case import Case
from troth.exchange import Exchange
from troth.exposure.forgeries import Forgery, forgeries
from troth.exposure.listening import Listening, listening
from troth.logs.integrity import forged, spoofed, unjoined
from troth.logs.search import canary
from troth.prop import Refuted
from troth.target import Target

REFS = ("CWE-117", "CWE-116", "CWE-348", "CWE-778", "ASVS-v5.0.0-16.4.1")
CLAIMED = "203.0.113.77"  # TEST-NET-3: nobody has it


@prop("SEC342", severity="medium", refs=REFS, last=True)
def test_log_integrity(target: Target) -> None:
    """All places at once, and those again where something was forged."""
    with target.world() as world:
        heard = listening(world)
        sent = [(each, *_sent(heard, each)) for each in forgeries(world)]
        claimed = [world.send(_claim(), principal="anonymous") for _ in range(2)]
        lines = heard.lines()
        suspects = [each for each, marker, _ in sent if forged(lines, marker)]
        answers = [answer for _, _, answer in sent]
        name = target.correlation.name if target.correlation else ""
        ids = [each.response.header(name) or "" for each in answers if each.response and name]
        expect(
            not (any(ids) and unjoined(lines, ids)),
            f"records have a correlation id, and none has that of an answer's {name}",
            *answers[-1:],
            root="no record has the correlation id of its answer",
        )
        trusting = target.file.target.behind_proxy is False
        wrong = spoofed(lines, CLAIMED) if trusting else None
        what = "a client's X-Forwarded-For is noted as its address"
        expect(wrong is None, f"{what}: {wrong.what if wrong else ''}", claimed[-1], root=what)
    for each in suspects:
        with suppress(Refuted), target.world() as world:
            heard = listening(world)
            marker, answer = _sent(heard, each)
            found = forged(heard.lines(), marker)
            said = found.what if found else ""
            expect(found is None, f"{said}, by {each.place}", answer, root=said)


def _sent(heard: Listening, each: Forgery) -> tuple[str, Exchange]:
    marker = f"troth{canary()[:16]}"
    return marker, heard.world.send(each.made(marker), principal="anonymous")


def _claim() -> Case:
    headers = (("X-Forwarded-For", CLAIMED), ("X-Real-IP", CLAIMED))
    return Case(None, "GET", "/troth-no-such-thing", headers, purpose="from where it is not")
