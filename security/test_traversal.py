"""SEC354: no name that is sent leads to a file that is not meant.

Each place that may hold a name of a file, or an id, is sent the way up to a file that stands on
every machine: `../` as it is, absolute, doubled, percent-encoded once and twice, with backslashes,
as a `file:` URL, and cut by a NUL byte. Where what comes back is the content of `/etc/passwd`,
every other file can be had as well (CWE-22, CWE-23, CWE-36).

It must come back twice; the control is the request that was served, which must not hold it. A name
that is echoed, a server error and a refusal prove nothing.

A file that is sent, whose name stands in a multipart part or beside its content in JSON, is given
fresh names that climb into folders that are often served (`../static/…`). Where its content is then
read at `/static/…`, twice, and that of a file with a plain name is not, whoever sends files writes
where he likes (CWE-434). Nothing that is there is written over; a file that comes to lie where
nobody serves it goes unseen. Smoke does not ask that.
"""

from troth import applies, prop
from troth.probes.climbing import FORMS, UNIX, WINDOWS, climbs, likely
from troth.probes.probing import Probe, concluded, quick, served, spots, takes_text
from troth.probes.uploading import climbs_out, makes, sends_files
from troth.spec.operation import Operation
from troth.spread import spread
from troth.target import Target

REFS = ("OWASP-API8:2023", "CWE-22", "CWE-23", "CWE-36", "CWE-73", "CWE-434", "ASVS-v5.0.0-5.3.2")


def _none(target: Target, operation: Operation) -> str:
    if operation.method == "DELETE":
        return "it deletes"
    if not takes_text(operation):
        return "it takes no input"
    if quick(target) and not (operation.safe and any(likely(p.name) for p in operation.parameters)):
        return "smoke asks reads by names that are likely to be of files"
    return ""


@prop("SEC354", severity="high", refs=REFS, unless=_none)
def test_traversal(target: Target, operation: Operation) -> None:
    """Every place for text, those that are likely to name a file first."""
    with target.world() as world:
        base = served(world, operation)
        found = sorted(spots(world, operation, base), key=lambda each: not likely(each.name))
        applies(found, "there is no place for text")
        asked = [
            (spot, way, file)
            for file in (UNIX, WINDOWS)
            for way in range(len(FORMS) if file is UNIX else 1)
            for spot in found
            if way < 4 or likely(spot.name)
        ]
        few = len(found[:2]) if quick(target) else 10
        chosen = spread(target, operation, asked, most=few)
        for spot, way, file in chosen:
            climbs(Probe(world, operation, base, spot), way, file)
        make = makes(world, operation, base) if sends_files(operation) else None
        if make is not None and not quick(target):
            climbs_out(world, operation, base, make)
        concluded(world, operation, base)
