"""SEC356: XML that is sent names no entity from elsewhere, and does not grow beyond measure.

Where XML is accepted, by the document or although it says nothing of it, the body that was served
is sent as XML whose texts are an entity: of our own listener on loopback, of `/etc/passwd`, by a
parameter entity, by an external DTD, and one of a few bytes that is ten thousand times as long once
it is resolved. What is called or comes back shows a parser that reads files and calls addresses for
whoever asks (CWE-611, CWE-776).

The control is the same XML without entities, which must be served, else nothing is shown. Each is
seen twice, as a call of our listener or as content that was not sent. That entities of the body's
own are resolved is no finding.
"""

from collections.abc import Mapping

from troth import applies, prop
from troth.probes.entities import in_xml, resolves
from troth.probes.probing import concluded, quick, served
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-611", "CWE-776", "ASVS-v5.0.0-1.5.1")


def _none(target: Target, operation: Operation) -> str:
    if operation.body is None or operation.method == "DELETE":
        return "it takes no body"
    if quick(target) and not in_xml(operation):
        return "smoke asks where the document has XML"
    return ""


@prop("SEC356", severity="high", refs=REFS, unless=_none)
def test_xml_entities(target: Target, operation: Operation) -> None:
    """The body that was served, as XML."""
    with target.world() as world:
        base = served(world, operation)
        body = base.values.body
        written = isinstance(body, str) and body.lstrip().startswith("<") and in_xml(operation)
        applies(written or isinstance(body, Mapping), "its body is neither an object nor XML")
        resolves(world, operation, base)
        concluded(world, operation, base)
