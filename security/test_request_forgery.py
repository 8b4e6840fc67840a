"""SEC353: no address that is sent makes the service call its own machine or network.

Each place where an address is meant to stand is sent that of a listener of our own on loopback: as
it is, and in the disguises that guards forget (decimal, octal, hex, short, IPv4-mapped, with a
trailing dot, behind a user). What it made is triggered where the document has an operation for that
(`POST …/test`). Whoever can make a service call within reads metadata of the cloud and speaks to
what has no lock of its own (CWE-918).

It is a finding when what stands at our address comes back; when the plain address is refused, and
one in disguise is called; and when we are called at all where the document or `[target] outgoing`
says that inner addresses are refused. Where the plain address is refused, other schemes are tried
(`https`, `ftp`, `gopher`, `dict`, `file`, other letters), and where `[target] stand-in` names an
address of this machine that the service is configured to allow, whether it is led on from there by
a redirect to one that it refuses. Each twice. The control is the address that was served, and
the plain form. That a service on a developer's machine calls a loopback address that it was given,
as webhooks do, is no finding by itself. Names that resolve to inner addresses are not asked.
"""

from troth import applies, prop
from troth.probes.calling import addresses, calls, named, promised
from troth.probes.detours import detours
from troth.probes.probing import Probe, concluded, names, quick, served, spots, takes_text
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API7:2023", "CWE-918", "ASVS-v5.0.0-1.3.6", "ASVS-v5.0.0-13.2.4")


def _none(target: Target, operation: Operation) -> str:
    if operation.method == "DELETE":
        return "it deletes"
    if not takes_text(operation):
        return "it takes no input"
    told = target.told(operation)
    written = f"{told.body} {told.query}" if told.body or told.query else ""
    found = [name for name in names(target.spec, operation) if named(name)]
    return "" if found or "://" in written or "://" in str(_parts(operation)) else "no address"


def _parts(operation: Operation) -> tuple[object, object]:
    return operation.raw.get("parameters"), operation.raw.get("requestBody")


@prop("SEC353", severity="high", refs=REFS, unless=_none)
def test_request_forgery(target: Target, operation: Operation) -> None:
    """Every place where an address is meant."""
    with target.world() as world:
        base = served(world, operation)
        found = [each for each in spots(world, operation, base) if addresses(each)]
        applies(found, "there is no place for an address")
        guarded = target.file.target.outgoing == "public" or promised(operation)
        for spot in found:
            probe = Probe(world, operation, base, spot)
            if calls(probe, guarded=guarded) and not quick(target):
                detours(probe)
        concluded(world, operation, base)
