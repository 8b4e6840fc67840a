"""An Origin is allowed when it ends as an allowed one does: `https://evilapp.acme.test`.

`endswith` was meant for subdomains, and the dot was forgotten (CWE-346).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.origins import allow


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """The end decides."""
    allow(lambda origin: origin.endswith("app.acme.test"))


DEFECT = Defect(caught_by=("SEC331",), operations=("getIdentity",), plant=plant)
