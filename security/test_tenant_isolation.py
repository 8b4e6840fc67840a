"""SEC308: whose tenant, user or role a request speaks for is decided by its credential alone.

Gateways pass on who somebody is in headers such as `X-Tenant-ID` and `X-User-Role`, and services
believe them whoever sends them. A stranger sends his request with such headers, and with what the
document calls tenant among headers and query parameters, all naming the victim's.

Control: without them the stranger is refused what is the victim's, or shown his own. A finding is
that with them he is shown what the victim is: the same thing, or a list that has the victim's ids
and none without the headers; twice. What is shown to him without any header is SEC301's and
SEC304's, also between tenants. Not findings: a refusal because of the headers, and another tenant
that both belong to.
"""

from troth import control, expect, prop
from troth.ownership.impostor import imposed
from troth.ownership.trial import streaming, trial
from troth.people.rivals import nobody
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API1:2023", "OWASP-API2:2023", "CWE-290", "CWE-639", "ASVS-v5.0.0-8.4.1")


def unasked(target: Target, operation: Operation) -> str:
    """Why it is not asked of an operation."""
    if operation.method != "GET" or streaming(operation):
        return "it does not read"
    if not operation.security and target.spec.schemes:
        return "the document asks for no credential"
    if target.profile.examples == 1 and not shows_one(target, operation):
        return "in this profile it is asked of what reads one thing, or oneself"
    return nobody(target, operation)


def shows_one(target: Target, operation: Operation) -> bool:
    """Whether it is the reader of a kind, or takes nothing at all and lists nothing."""
    if operation.single:
        return True
    lists = {each.label for each in target.collections}
    return "{" not in operation.path and operation.label not in lists


@prop("SEC308", severity="critical", refs=REFS, unless=unasked)
def test_tenant_isolation(target: Target, operation: Operation) -> None:
    """The stranger asks with the headers; without them only where that was of use."""
    with target.world() as world:
        control(not nobody(target, operation), "nobody is there to try")
        asked = trial(world, operation)
        found = imposed(asked)
        if found is not None:
            again = imposed(asked)
            control(again, "shown once, and not again")
            found = again
        expect(
            found is None,
            f"{operation.label} shows `{asked.rivals.stranger}` what is "
            f"`{asked.rivals.victim}`'s for a header or parameter that anybody can send",
            *(found or ()),
            root=f"{operation.label} believes who a request says it is from",
        )
