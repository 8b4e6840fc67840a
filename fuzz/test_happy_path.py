"""FUZ101: each operation reaches a documented success with a valid case.

The operations that produce what it refers to are called first; then its values are tried:
configured ones, the document's own examples, the smallest that the schema allows. Served by
anybody of the principals, it has been reached. A refusal of everything that was tried is
inconclusive: perhaps the service is right, and only the target file can say what it wants.
Where `[operations] expect` gives a minimal assertion, the success must fulfil it. A WebSocket
is reached when its handshake is answered 101; what `send` says is then said, and `expect` is of
the first frames that are heard.
"""

from troth import control, expect, prop
from troth.minimal import check_expectation, unfinished
from troth.spec.operation import Operation, Socket
from troth.target import Target


@prop("FUZ101", severity="high", refs=("OWASP-API9:2023",), broken=True, sockets=True)
def test_happy_path(target: Target, operation: Operation | Socket) -> None:
    """One success an operation is what smoke is about."""
    with target.world() as world:
        accepted = world.accepted(operation)
        answer = accepted.exchange
        control(answer.response, "no response")
        wanted = target.told(operation).expect
        control(not unfinished(wanted, answer), "it was cut, or silent, before it can be judged")
        wrong = check_expectation(wanted, answer, path_values=accepted.values.path)
        expect(
            wrong is None, f"{operation.label}: {wrong}", answer, root=f"{operation.label}: {wrong}"
        )
