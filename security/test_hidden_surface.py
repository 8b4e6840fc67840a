"""SEC371: no route that the document does not have tells anybody what is not to be told.

Paths at which services are known to answer what nobody meant to publish (`/.env`, `/.git/HEAD`,
`/debug`, `/actuator/env`, backups, consoles), neighbours of documented collections
(`/users/_debug`, `/users/export`), and other versions of what wants a credential are asked for
without one (CWE-489, CWE-538, CWE-1059). What answers with data is a finding: an environment, a
key, a database, a console, members that hold secrets.

The control is a random neighbour: what answers that the same answers everything. It is asked twice.
Health, plain metrics, a second copy of the document and pages of a front end are no finding, nor is
what the document has: that may be public on purpose, and other properties look at it.
"""

from contextlib import suppress

from troth import prop
from troth.probes.probing import quick
from troth.probes.unlisted import looked_at, routes
from troth.prop import Refuted
from troth.subjects import Subject
from troth.target import Target

REFS = ("OWASP-API9:2023", "OWASP-API8:2023", "CWE-489", "CWE-538", "ASVS-v5.0.0-13.4.1")


@prop("SEC371", severity="high", refs=REFS, last=True)
def test_hidden_surface(target: Target, surface: Subject) -> None:
    """Each of these paths; one that is open hides no other."""
    _ = surface
    for path in routes(target, few=quick(target)):
        with suppress(Refuted), target.world() as world:  # the tally has it
            looked_at(world, path)
