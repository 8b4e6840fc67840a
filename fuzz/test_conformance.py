"""FUZ102: status, media type, headers and body are as the document says.

Two judges look: schemathesis at every exchange of every suite, openapi-core at every error and
at each new shape of success, in its strict modes. What reads is asked once more after all that
was written; what writes is, where it was served only once, and so is what reads in smoke. Where
the judges disagree, and where an answer carries what the document does not mention, the verdict is
inconclusive and says why. The body of an error is FUZ106's; a 5xx on valid input is FUZ103's. What
HTTP itself answers need not be described: 304 and 412 to a condition, 406 and 415 to media types
that the document does not offer, 413, 414 and 431 to what is too large.
"""

from troth import control, prop
from troth.spec.operation import Operation
from troth.target import Target

ENOUGH = 2
"""Successes that were judged: a further one of a write would show nothing new."""


@prop("FUZ102", severity="medium", refs=("OWASP-API9:2023", "CWE-1059"), last=True)
def test_conformance(target: Target, operation: Operation) -> None:
    """Sums up what all the others have sent, and looks once more."""
    with target.world() as world:
        accepted = world.accepted(operation)
        answer = accepted.exchange
        again = operation.safe and target.profile.examples > 1
        if again or target.memory.served[operation.label] < ENOUGH:
            answer = world.send(target.generator.build(operation, accepted.values))
        control(answer.response, "no response to judge")
        world.judge(answer)
