"""Whatever Origin is sent comes back as allowed, with credentials.

So a front end's developers got rid of an error message, and any page reads what its visitors may
(CWE-942).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.origins import allow


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """Every Origin is among those that are allowed."""
    allow(lambda _: True)


DEFECT = Defect(caught_by=("SEC331",), operations=("getIdentity",), plant=plant)
