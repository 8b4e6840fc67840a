"""FUZ107: a method that is not declared gets 405 with an exact `Allow`.

`Allow` lists the declared methods of the path, all of them (RFC 9110, sections 10.2.1 and
15.5.6); HEAD and OPTIONS may be there in addition. A 404 or 501 is a refusal too: a service whose
undeclared methods all get those does not tell methods from paths, as the routers of Express and
Fastify do not, and is not asked. Where credentials were asked for first (401, 403) nothing was
shown: inconclusive.
"""

from troth import applies, control, expect, prop
from troth.case import Case, Fault
from troth.checks.allow import declared_methods
from troth.spec.operation import Operation
from troth.target import Target

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
ABSENT = frozenset({404, 501})
REFUSED = ABSENT | {401, 403}


def _another(target: Target, operation: Operation) -> str:
    """The methods that a path does not have are the same for all that it has."""
    of_path = [each for each in target.spec.operations if each.path == operation.path]
    asked = (each for each in of_path if target.asked(each) and target.closed(each) is None)
    first = next(asked, operation)
    if {each.method for each in of_path}.issuperset(METHODS):
        return "every method is declared"
    return "" if first is operation else f"{first.label} is asked for its path"


@prop("FUZ107", severity="low", refs=("RFC9110-15.5.6", "ASVS-v5.0.0-4.1.4"), unless=_another)
def test_method_discipline(target: Target, operation: Operation) -> None:
    """All undeclared methods of the operation's path, asked for once a path."""
    with target.world() as world:
        accepted = world.accepted(operation)
        path = target.generator.build(operation, accepted.values).path.partition("?")[0]
        declared, elsewhere = declared_methods(target.spec, operation.path, path)
        undeclared = [each for each in METHODS if each not in declared | elsewhere]
        applies(undeclared, "every method is declared")
        tried = undeclared[: target.profile.boundary]
        refused = []
        for method in tried:
            fault = Fault("method", method, f"undeclared {method}", f"undeclared {method}")
            case = Case(None, method, path, fault=fault, purpose=f"undeclared {method}")
            answer = world.send(case, principal=accepted.principal)
            control(answer.response, "no answer to judge")
            said = answer.status
            served = f"undeclared {method} {operation.path} was served with {said}"
            expect(not answer.ok, served, answer, root=f"an undeclared method is served: {method}")
            if said in REFUSED:
                refused.append(said)
                continue
            expect(
                said == 405,
                f"undeclared {method} got {said}, not 405",
                answer,
                root=f"undeclared methods get {said}",
            )
            world.judge(answer)
        if len(refused) == len(tried):
            applies(not ABSENT.issuperset(refused), f"undeclared methods get {refused[0]}")
            control(None, f"undeclared methods get {min(refused)}")
