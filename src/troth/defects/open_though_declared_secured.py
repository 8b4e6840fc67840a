"""An operation that the document secures answers to nobody.

The guard was put on the router and the operation on another: CVE-2023-28432 of MinIO, Optus in
2022, Parler's API (OWASP API2:2023, CWE-306).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.domain.access import Caller
from troth.reference.problems import ProblemError

NOBODY = Caller("nobody", "none", "none", "none", "nobody@none.test", "Nobody", "viewer")


def _admit(admit: Any, platform: Any, trace: Any, *rest: Any) -> Any:
    try:
        return admit(platform, trace, *rest)
    except ProblemError as refusal:
        if refusal.status != 401 or trace.template != "/api/v1/tools":
            raise
        trace.quota = platform.limits.take("nobody", platform.settings.rate_limit)
        return NOBODY


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes ask it through their module
    """The list of tools."""
    wrap(routes, "admit", _admit)


DEFECT = Defect(caught_by=("FUZ110",), operations=("listTools",), plant=plant)
