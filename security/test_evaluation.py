r"""SEC352: no text that is sent is evaluated, neither as a template nor as a command of a shell.

Each place for text is sent a multiplication in the syntaxes of templates (`{{a*b}}`, `${a*b}`, `<%=
a*b %>` and the like) and of shells (`;expr a \* b`, `$(…)`, backticks, pipes). Where the product
comes back, which was not sent, somebody has evaluated it, and would evaluate anything (CWE-1336,
CWE-78).

It must come back twice, for other factors each time. The control is the same multiplication in
plain words: what answers that as well is made to calculate, as a calculator or a language model is.
What is echoed, and a server error, prove nothing; what is evaluated without being shown goes
unseen.
"""

from troth import applies, prop
from troth.probes.evaluation import COMMAND, TEMPLATE, evaluates
from troth.probes.probing import Probe, concluded, quick, served, share, spots, takes_text
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-1336", "CWE-78", "CWE-94", "ASVS-v5.0.0-1.3.7", "ASVS-v5.0.0-1.2.5")

FEW = 2
"""Other forms that each operation of a large document is sent."""


def _none(target: Target, operation: Operation) -> str:
    if operation.method == "DELETE":
        return "it deletes"
    if quick(target) and operation.body is None:
        return "smoke asks bodies"
    return "" if takes_text(operation) else "it takes no input"


@prop("SEC352", severity="critical", refs=REFS, unless=_none)
def test_evaluation(target: Target, operation: Operation) -> None:
    """Every place for text, in the syntaxes that the profile has time for."""
    with target.world() as world:
        base = served(world, operation)
        found = spots(world, operation, base)
        applies(found, "there is no place for text")
        deepest = max(map(len, (TEMPLATE.forms, COMMAND.forms)))
        asked = [
            (spot, tongue, tongue.forms[turn])
            for turn in range(deepest)
            for spot in found
            for tongue in (TEMPLATE, COMMAND)
            if turn < len(tongue.forms)
        ]
        # The first form of each tongue is read by the most.
        first, others = asked[: 2 * len(found)], asked[2 * len(found) :]
        few = [] if quick(target) else spread(target, operation, others, most=share(target, FEW))
        for spot, tongue, form in (*spread(target, operation, first), *few):
            evaluates(Probe(world, operation, base, spot), tongue, form)
        concluded(world, operation, base)
