"""What is for admins is open to their colleagues at another spelling of its path.

The guard is a rule on the text of a path, and the router behind it forgives a slash too many and
capital letters (CWE-178, CWE-288): `/Users` is served, and no rule speaks of it.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import spell_as_documented, wrap
from troth.reference import routes


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, access: Any, *rest: Any) -> Any:
    if access == "admins" and headers.get("x-spelled"):
        access = "everyone"
    return admit(platform, trace, headers, access, *rest)


def plant(app: FastAPI) -> None:
    """All that is for admins."""
    spell_as_documented(app)
    wrap(routes, "admit", _admit)


DEFECT = Defect(caught_by=("SEC322",), operations=("listUsers",), plant=plant)
