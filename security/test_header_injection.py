"""SEC355: what is sent begins no header, leads nobody to another host, and names none in links.

A line break in a value must not begin a header of the answer (CWE-113). A parameter that says where
the caller is led must not lead to a host that was made up (CWE-601). A host that only the request
names, in `Host` or `X-Forwarded-Host`, must not stand in a link by which an account is taken
(password reset, invitation, verification), nor in an answer that caches keep for others (CWE-644,
CWE-349).

Each is seen twice, with another mark or host each time, in the answer's own headers, Location or
link; a value that is echoed elsewhere proves nothing. Links with the request's own `Host` elsewhere
are no finding: that is how frameworks make them.
"""

from troth import applies, prop
from troth.probes.probing import Probe, concluded, quick, served, spots, takes_text
from troth.probes.redirecting import (
    aimed,
    kept,
    leading,
    leads_away,
    links_abroad,
    mails,
    reflected,
    splits,
)
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-113", "CWE-601", "CWE-644", "CWE-349", "ASVS-v5.0.0-1.2.2")


def _none(target: Target, operation: Operation) -> str:
    if operation.method == "DELETE":
        return "it deletes"
    if not takes_text(operation) and not operation.safe:
        return "it takes no input"
    if not quick(target) or mails(operation):
        return ""
    led = [each for each in operation.parameters if each.location == "query" and leading(each.name)]
    headers = {name.lower() for each in operation.responses.values() for name in each.headers}
    told = {"location", "content-disposition", "link"} & headers
    return "" if led or (told and takes_text(operation)) else "smoke asks what leads somewhere"


@prop("SEC355", severity="medium", refs=REFS, unless=_none)
def test_header_injection(target: Target, operation: Operation) -> None:
    """Places that stand in headers, places that lead somewhere, and links."""
    with target.world() as world:
        base = served(world, operation)
        found = spots(world, operation, base)
        led = [each for each in found if aimed(each)]
        others = [each for each in found if reflected(base, each)]
        if not quick(target):
            others += [each for each in found if each not in others]
        linked = mails(operation) or (operation.safe and kept(base))
        applies(led or others or linked, "nothing that is sent comes back in a header or link")
        for spot in led:
            leads_away(Probe(world, operation, base, spot))
        for spot in spread(target, operation, others):
            splits(Probe(world, operation, base, spot))
        if linked:
            links_abroad(world, operation, base)
        concluded(world, operation, base)
