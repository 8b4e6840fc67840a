"""FUZ117: strings of which the document names a `format` are of it.

`date-time` with its zone, `date`, `uuid`, `uri`, `email`, `ipv4`, `ipv6` and `hostname` are judged.
A time without a zone is another time in each reader's place; an id that is no uuid does not fit
into the client's column. JSON Schema leaves `format` to be an annotation, and so FUZ102 takes no
notice of it; this property does, of every answer of every property, errors and the data of events
too. The control is a success that was judged. An hour without a zone (`time`) and formats that
are not named above are no finding.
"""

from troth import prop
from troth.checks.formats import formats_of
from troth.spec.operation import Operation
from troth.target import Target

REFS = ("RFC3339", "RFC9562", "RFC3986", "CWE-1286")


def _none(target: Target, operation: Operation) -> str:
    named = formats_of(target.spec, operation)
    return "" if named else "the document names no format in what it answers"


@prop("FUZ117", severity="low", refs=REFS, last=True, unless=_none)
def test_formats_hold(target: Target, operation: Operation) -> None:
    """Sums up what all the others have seen."""
    with target.world() as world:
        world.judge(world.accepted(operation).exchange)
