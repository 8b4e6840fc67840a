"""FUZ101: each operation reaches a documented success with a valid case.

The operations that produce what it refers to are called first; then its values are tried:
configured ones, the document's own examples, the smallest that the schema allows. Served by
anybody of the principals, it has been reached. A refusal of everything that was tried is
inconclusive: perhaps the service is right, and only the target file can say what it wants.
Where `[operations] expect` gives a minimal assertion, the success must fulfil it.
"""

from troth import control, expect, prop
from troth.matrix import check_expectation
from troth.spec.operation import Operation
from troth.target import Target


@prop("FUZ101", severity="high", refs=("OWASP-API9:2023",), broken=True)
def test_happy_path(target: Target, operation: Operation) -> None:
    """One success an operation is what smoke is about."""
    with target.world() as world:
        answer = world.accepted(operation).exchange
        control(answer.response, "no response")
        wrong = check_expectation(target.told(operation).expect, answer)
        expect(
            wrong is None, f"{operation.label}: {wrong}", answer, root=f"{operation.label}: {wrong}"
        )
