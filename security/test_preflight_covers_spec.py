"""SEC334: a preflight lets an allowed page send every method and header of the document.

Before a page sends PUT, PATCH or DELETE, JSON or a credential, its browser asks by OPTIONS whether
it may (Fetch standard, "CORS-preflight request"). A list of methods or headers that was written
once and not kept up makes operations of the document unreachable for the very pages that are
allowed; what follows in practice is `*`, and an Origin that is repeated (SEC331). Asked are, from
an allowed origin, the method of each operation and the headers that it takes: `Content-Type` of
what is no form, the credential's header, and header parameters but for those that browsers send by
themselves, or that a signature stands in.

The control is another preflight that was granted: one that `[target] origins` names, or a foreign
one where everybody is allowed. A service without CORS is no finding, whatever it answers to
OPTIONS. Each combination of method and headers is asked once in smoke, and at every operation
with profile ci and above.
"""

from troth import applies, control, prop
from troth.case import Case
from troth.exposure.preflights import combination, new_combination, path_of
from troth.spec.operation import Operation
from troth.strategies.origins import FOREIGN
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-942", "RFC9110-9.3.7")


@prop("SEC334", severity="low", refs=REFS, unless=new_combination)
def test_preflight_covers_spec(target: Target, operation: Operation) -> None:
    """One preflight an operation; where nothing was granted so far, a plain one before it."""
    seen = target.observer.leaks.origins
    origin = next(iter(target.file.target.origins), FOREIGN)
    with target.world() as world:
        path = path_of(target, operation)
        method, names = combination(target, operation)

        def asked(method: str, names: tuple[str, ...] = ()) -> Case:
            given = [("Origin", origin), ("Access-Control-Request-Method", method)]
            if names:
                given.append(("Access-Control-Request-Headers", ",".join(names)))
            return Case(None, "OPTIONS", path, tuple(given), purpose="a preflight")

        if not seen.grants:
            world.send(asked("GET"), principal="anonymous")
        applies(seen.grants, "no preflight is granted: there is no CORS")
        answer = world.send(asked(method, names), principal="anonymous")
        control(answer.response and answer.status < 500, "no answer to judge")
        world.judge(answer)
