"""SEC321: no role is served what the policy does not allow it, nor what it was refused at review.

`[policy.roles]` says for each role what it may ask: operationIds, `METHOD /path` and `tag:NAME`,
with `*`; what begins with `!` is taken out. Every other secured operation is asked as a principal
of that role, and must not be served. Every run leaves `roles.json` in its evidence: which role was
served what, and what was not asked. Once somebody has read it, `[policy] reviewed-roles` names a
copy: who was refused there and is served now is a finding, for authorization drifts unseen.

The control is that somebody is served the same request; a finding must come twice. Smoke asks
operations that change nothing. Longer profiles ask writes too, each upon things that were made for
it by whoever may: what comes to harm is what the control could harm as well. That a role is refused
what it may ask is no finding, since things have owners too; and without a policy or a reviewed file
there is none.
"""

from contextlib import suppress

from troth import applies, control, expect, prop
from troth.authority.presented import served
from troth.authority.standing import brief, forbidden
from troth.composing.answers import UNFIT
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.ownership.trial import fresh
from troth.prop import Inconclusive
from troth.spec.operation import Operation
from troth.target import Target
from troth.world import World

REFS = ("OWASP-API5:2023", "CWE-285", "CWE-862", "ASVS-v5.0.0-8.1.1", "ASVS-v5.0.0-8.2.1")


def _nothing(target: Target, operation: Operation) -> str:
    if not target.policy.roles and not target.policy.reviewed_roles:
        return "there is neither [policy.roles] nor [policy] reviewed-roles"
    if not operation.secured:
        return "it is public"
    if brief(target) and not operation.safe:
        return "smoke asks what changes nothing"
    return "" if forbidden(target, operation) else "every role may"


@prop("SEC321", severity="high", refs=REFS, unless=_nothing)
def test_role_matrix(target: Target, operation: Operation) -> None:
    """As each role that may not."""
    with target.world() as world:
        accepted = world.accepted(operation)
        applies(accepted.credential in {"", "principal"}, "it asks for a token of its own")
        asked = False
        for role, who, why in forbidden(target, operation):
            if who == accepted.principal:
                what = f"`{role}` is served {operation.label}, which {why}"
                expect(who != accepted.principal, what, accepted.exchange, root=what)
            answer = _as(world, accepted, operation, role, who)
            if served(answer, accepted.exchange):
                answer = _as(world, accepted, operation, role, who)
            if answer.status in UNFIT:
                again = _as(world, accepted, operation, role, accepted.principal)
                control(again.status not in UNFIT, f"it is refused to who may: {again.status}")
            asked = True
            what = f"`{role}` is served {operation.label}, which {why}"
            expect(not served(answer, accepted.exchange), what, answer, root=what)
        applies(asked, "every role may")


def _as(world: World, accepted: Accepted, operation: Operation, role: str, who: str) -> Exchange:
    values = accepted.values
    if not operation.safe:
        # What is gone, or there already, is refused to those who may as well.
        with suppress(Inconclusive):
            values = fresh(world, operation, accepted.principal, accepted, named=True)
    case = world.case(operation, values, purpose=f"as {role}")
    errand = world.errand(case, who, whole=False, purpose=case.purpose)
    answer = world.send(case, principal=who) if operation.safe else world.run(errand)
    control(answer.response and answer.status != 429, "no answer to judge")
    return answer
