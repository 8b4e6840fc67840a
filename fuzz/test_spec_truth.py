"""FUZ110: security is declared if and only if it is enforced, and the document says what it means.

A secured operation refuses a request without a credential, whose control is the same request with
one. A public operation does not answer 401. An answer that only `default` covers is not
documented: such an operation is inconclusive. A `Deprecation` header (RFC 9745) belongs to an
operation that is marked deprecated.
"""

from troth import control, doubt, expect, prop
from troth.principal import ANONYMOUS
from troth.spec.operation import Operation, Socket
from troth.target import Target

REFS = ("OWASP-API2:2023", "OWASP-API9:2023", "CWE-306", "RFC9745")


@prop("FUZ110", severity="high", refs=REFS, sockets=True)
def test_spec_truth(target: Target, operation: Operation | Socket) -> None:
    """Once with the credential, once without."""
    with target.world() as world:
        accepted = world.accepted(operation)
        case = world.case(operation, accepted.values, purpose="without a credential")
        operation = operation.handshake if isinstance(operation, Socket) else operation
        served = accepted.exchange
        assert served.response is not None
        announced = served.response.header("deprecation")
        said = f"{operation.label} answers `Deprecation`, and the document does not say so"
        expect(announced is None or operation.deprecated, said, served, root=said)
        codes = set(operation.responses)
        if "default" in codes and not codes & {
            str(served.status),
            f"{served.status // 100}XX",
            f"{served.status // 100}xx",
        }:
            doubt(f"only `default` covers the {served.status}: the document promises nothing")
        if operation.secured:
            what = f"{operation.label} is declared secured, and was served without a credential"
            # Served to nobody at first, nothing more is to be shown; else the credential is the
            # control: the same request, sent with it, was served.
            expect(accepted.credential, what, served, root=what)
            answer = world.send(case, principal=ANONYMOUS)
            control(answer.response and answer.status != 429, "no answer to judge")
            expect(not answer.ok, what, answer, root=what)
        elif accepted.credential:
            # Nobody was tried first, and refused.
            answer = world.send(case, principal=ANONYMOUS)
            what = f"{operation.label} answers 401 without a credential, and declares none"
            expect(
                answer.status != 401, what, answer, root="a credential is enforced, not declared"
            )
