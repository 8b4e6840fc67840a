"""SEC311: who shows no credential that is good is served nothing that asks for one.

The credential is left empty, cut to its scheme, replaced by `null`, by another scheme's, by one of
another kind that a principal of the target file holds. A guard that asks whether there is an
`Authorization` header, and not what stands in it, lets these in. None of them may be served, and no
refusal may have the answer in its body all the same.

The control is the same request with the genuine credential, which was served, and without any,
which was refused: what is served to nobody in particular is FUZ110's finding. Operations are asked
behind each guard, which is a tag and the schemes that its operations ask for; smoke asks some of
each guard, by turns. A genuine token under another scheme's name, or under none, is no finding, and
which status says no is the service's affair. Credentials that ended are PRO201's, tokens that
somebody forged SEC313's.
"""

from troth import applies, control, expect, prop
from troth.authority.guards import Guard, asked_of, door, turn
from troth.authority.presented import instead, served, told_all_the_same
from troth.strategies.credentials import OF_ANOTHER, PLAIN, of_another_kind
from troth.target import Target

REFS = ("OWASP-API2:2023", "CWE-306", "CWE-287", "ASVS-v5.0.0-6.3.1", "ASVS-v5.0.0-8.3.1")


@prop("SEC311", severity="critical", refs=REFS)
def test_authentication_required(target: Target, guard: Guard) -> None:
    """Each way of being nobody, on operations behind one guard."""
    with target.world() as world:
        asked = 0
        for operation, first, most in asked_of(world, guard):
            found = door(world, operation)
            if found is None:
                continue
            shown, case, genuine = found
            every = [(way.name, way.make(shown)) for way in PLAIN]
            every.append((OF_ANOTHER, of_another_kind(target, shown)))
            for each, text in turn([way for way in every if way[1] is not None], first, most):
                answer = instead(world, case, shown, text, way=each)
                control(answer.response and answer.status != 429, "no answer to judge")
                asked += 1
                what = f"{each} is let in"
                expect(not served(answer, genuine), what, answer, root=what)
                what = f"{each} is refused, and told the answer all the same"
                expect(not told_all_the_same(answer, genuine), what, answer, root=what)
        applies(asked, "nothing behind it asks for a credential of a principal")
