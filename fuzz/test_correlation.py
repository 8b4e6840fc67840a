"""FUZ118: every answer, errors too, carries the id by which it is found in the service's log.

Which header that is, the document says of its answers (`X-Request-ID`, `X-Correlation-Id`,
`traceresponse` …), or `[target] correlation`. Then all answers of that operation have it where
the document does not except them, 404 and 500 too, and unknown routes where every operation has
it. No two requests that send no id are given the same one. One that a client sends may be taken
over where it is plain; markup, encoded line ends and far too long ones are not: they would go
into the log, and into whatever reads it (CWE-117, CWE-113).

The control is a request of the same operation that was served. Each exchange of each property is
looked at; ids are forged at one reading operation, with profile ci and above at all of them. A
refusal of the forged request is no finding, nor is an id of the client's that is well formed and
comes back; what the server refuses before the service has read it (400, 414, 431) and what a
cache answers is not judged.
"""

from dataclasses import replace

from troth import applies, control, expect, prop
from troth.case import Case, Fault
from troth.checks.correlation import LONGEST, owed
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("CWE-117", "CWE-113", "CWE-778", "ASVS-v5.0.0-16.2.1", "ASVS-v5.0.0-16.4.1")
SPLIT = "X-Troth-Split"
FORGED = {
    "markup": '"><script>alert(1)</script>',
    "encoded line ends": f"troth%0d%0a{SPLIT}: 1",
    "over-long": "a" * (8 * LONGEST),
}


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    return "" if target.correlation else "nothing says which header has the id"


@prop("FUZ118", severity="medium", refs=REFS, last=True, unless=_none)
def test_correlation(target: Target, operation: Operation) -> None:
    """Sums up what all the others have seen, and forges ids."""
    correlation = target.correlation
    with target.world() as world:
        assert correlation is not None
        accepted = world.accepted(operation)
        applies(
            owed(correlation, operation, accepted.exchange),
            f"the document does not say that it answers with {correlation.name}",
        )
        world.judge(accepted.exchange)
        if not _forges(target, operation):
            return
        base = target.generator.build(operation, accepted.values)
        for kind, text in FORGED.items():
            answer = world.send(_with(base, correlation.name, kind, text))
            control(answer.response, "no answer to judge")
            assert answer.response is not None
            what = "an id that was sent becomes a header of its own"
            expect(answer.response.header(SPLIT) is None, what, answer, root=what)
            world.judge(answer)
        again = world.send(base, purpose="once more, for an id of its own")
        world.judge(again)


def _forges(target: Target, operation: Operation) -> bool:
    """Whether ids are forged at this operation: in smoke at the first that reads."""
    if not operation.safe:
        return False
    reading = (
        each
        for each in target.spec.operations
        if each.safe and target.asked(each) and target.closed(each) is None
    )
    return target.profile.examples > 1 or operation is next(reading)


def _with(base: Case, name: str, kind: str, text: str) -> Case:
    headers = tuple(pair for pair in base.headers if pair[0].lower() != name)
    fault = Fault("header", name, f"{kind} in {name}", f"{kind} in the header {name}")
    return replace(base, headers=(*headers, (name, text)), fault=fault)
