"""SEC312: nonsense in the place of a credential is refused, and crashes nothing.

Made-up credentials, those of the genuine one's form, three parts that look like a token and are
none, characters beyond ASCII, 7900 of them, two where one belongs, quotation marks: whoever parses
a credential does so before anybody is known, for everyone on the network. None may be served, none
may meet a server error, and none may cut the connection. A server error that a credential meets is
this property's finding, whichever property sent it, and not FUZ103's.

The control is the same request with the genuine credential, which was served; and without any,
which was refused. Which 4xx says no is the service's affair.
"""

from troth import applies, control, expect, prop
from troth.authority.guards import Guard, asked_of, door, turn
from troth.authority.presented import instead, served
from troth.strategies.credentials import NONSENSE
from troth.target import Target

REFS = ("OWASP-API2:2023", "CWE-287", "CWE-755", "CWE-1286", "ASVS-v5.0.0-16.5.3")


@prop("SEC312", severity="high", refs=REFS)
def test_garbage_credentials(target: Target, guard: Guard) -> None:
    """Each kind of nonsense, on operations behind one guard."""
    with target.world() as world:
        asked = 0
        for operation, first, most in asked_of(world, guard):
            found = door(world, operation)
            if found is None:
                continue
            shown, case, genuine = found
            fitting = [way for way in NONSENSE if way.make(shown) is not None]
            for way in turn(fitting, first, most):
                text = way.make(shown)
                answer = instead(world, case, shown, text, way=way.name, twice=way.twice)
                world.judge(answer)
                control(answer.response and answer.status != 429, "no answer to judge")
                asked += 1
                what = f"{way.name} is let in"
                expect(not served(answer, genuine), what, answer, root=what)
        applies(asked, "nothing behind it asks for a credential of a principal")
