"""SEC351: no text that is sent is read as a part of a query: of SQL, a document store or a glob.

Each place for text is asked whether it reaches a query as it is: one quote breaks the statement and
two do not, three do and four do not; `AND` with something true changes nothing and with something
false does; `OR` with something true brings what `OR` with something false does not; `$ne` brings
what `$eq` does not; `%`, `*`, `_` and `?` find by a part of an id what another letter does not.
Whoever can do that reads what is others' (CWE-89, CWE-943, CWE-155).

The control is the opposite question, which is sent beside each one; all are asked twice, with other
numbers. An error, a payload that is echoed and a search by words prove nothing; a server error by
itself is FUZ104's. What deletes is left out, and what writes is asked by quotes alone.
"""

from troth import applies, prop
from troth.probes.injection import Asked, by_operator, by_parity, ways
from troth.probes.probing import concluded, quick, served, share, spots, takes_text
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-89", "CWE-943", "CWE-155", "ASVS-v5.0.0-1.2.4", "ASVS-v5.0.0-1.2.1")

FEW = 4
"""Questions beside those by quotes that each operation of a large document is asked."""


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    if operation.method == "DELETE":
        return "it deletes"
    return "" if takes_text(operation) else "it takes no input"


@prop("SEC351", severity="critical", refs=REFS, unless=_none)
def test_query_injection(target: Target, operation: Operation) -> None:
    """Every place for text, in the ways that the profile has time for."""
    with target.world() as world:
        base = served(world, operation)
        found = spots(world, operation, base)
        applies(found, "there is no place for text")
        login = target.file.session.login
        every = [(way, spot) for spot in found for way in ways(world, operation, spot)]
        if login is not None and operation.named(login.operation) and not quick(target):
            every += [(by_operator, spot) for spot in found]
        first = [each for each in every if each[0] is by_parity]
        others = [each for each in every if each[0] is not by_parity]
        if quick(target):
            first, others = [], every
        few = spread(target, operation, others, most=share(target, FEW))
        for way, spot in (*spread(target, operation, first), *few):
            way(Asked(world, operation, base, spot))
        concluded(world, operation, base)
