"""SEC364: the time that an answer takes grows no faster than what is sent.

Places with a `pattern` or a format, and those named like addresses, are sent a few letters that a
pattern with a repetition within a repetition tries in all ways (16 to 30 characters, and no further
once it is slow). Texts of a body, and the password of a login of somebody who is not there, are
sent 8 192 characters, lists 2 000 items, free-form objects 400 levels, and a page is asked to be as
large as it may. Whoever finds such a place stops the service with one request in ten seconds
(CWE-1333, CWE-407, CWE-400).

Slow is half a second. Only then it is measured, in three rounds: a short text must be four times as
slow each time as fewer letters and as harmless ones of the same length; of what is large the time
must grow with more than the power 1.6 of the size, over four sizes in their order in each round,
every other one backwards, beside small ones that stay fast. By a busy machine alone that comes once
in 220, and once in 13 824, of what was slow at all. What is slow whatever it is sent, or for all
that is large in proportion, is no finding. Smoke does not measure time.
"""

from troth import applies, prop
from troth.probes.probing import concluded, quick, served, share, takes_text
from troth.probes.swelling import ways
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API4:2023", "CWE-1333", "CWE-407", "CWE-400", "ASVS-v5.0.0-1.3.12")

FEW = 2
"""Ways that each operation of a large document is asked in, beside the likeliest of each place."""


def _none(target: Target, operation: Operation) -> str:
    if quick(target):
        return "smoke does not measure time"
    if operation.method == "DELETE":
        return "it deletes"
    return "" if takes_text(operation) else "it takes no input"


@prop("SEC364", severity="medium", refs=REFS, unless=_none)
def test_resource_consumption(target: Target, operation: Operation) -> None:
    """Every place that can be made larger, as far as the profile has time."""
    with target.world() as world:
        base = served(world, operation)
        first, others = ways(world, operation, base)
        applies(first, "there is no place whose time is measured")
        few = spread(target, operation, others, most=share(target, FEW))
        for way, clock, sort in (*spread(target, operation, first), *few):
            if way(clock, sort):
                break
        concluded(world, operation, base)
