"""SEC364: the time that an answer takes grows no faster than what is sent.

Places with a `pattern` or a format, and those named like addresses, are sent a few letters that a
pattern with a repetition within a repetition tries in all ways (14, 18 … 30 characters, and no
further once it is slow); texts of a body are sent 8 192 characters. Whoever finds such a place
stops the service with one request in ten seconds (CWE-1333, CWE-407, CWE-400).

Slow is half a second. Only then it is measured: a short text must be four times as slow as four
characters less and as a harmless one of the same length; of long ones the time must grow with more
than the power 1.6 of the size, over four sizes, beside a short one each. Both twice. What is slow
whatever it is sent, or for all that is long in proportion, is no finding. Smoke does not measure
time.
"""

from troth import applies, prop
from troth.growth import EXPLODING, LONG, Clock, explodes, grows
from troth.probing import Spot, quick, served, spots, takes_text
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API4:2023", "CWE-1333", "CWE-407", "CWE-400", "ASVS-v5.0.0-1.3.12")
WORDS = ("mail", "url", "uri", "phone", "domain", "host")


def _none(target: Target, operation: Operation) -> str:
    if quick(target):
        return "smoke does not measure time"
    if operation.method == "DELETE":
        return "it deletes"
    return "" if takes_text(operation) else "it takes no input"


def _patterned(spot: Spot) -> bool:
    return bool(spot.formats) or any(word in spot.name.lower() for word in WORDS)


@prop("SEC364", severity="medium", refs=REFS, unless=_none)
def test_resource_consumption(target: Target, operation: Operation) -> None:
    """Every place for text."""
    with target.world() as world:
        base = served(world, operation)
        found = spots(world, operation, base)
        applies(found, "there is no place for text")
        asked = [(explodes, spot, sort) for sort in EXPLODING for spot in found if _patterned(spot)]
        asked += [
            (grows, spot, sort) for sort in LONG for spot in found if spot.place.location == "body"
        ]
        applies(asked, "no place for text is one whose time is measured")
        for way, spot, sort in spread(target, operation, asked, most=8):
            if way(Clock(world, operation, base, spot), sort):
                break
        world.example.expected += 1
