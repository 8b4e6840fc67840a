"""Whoever shows a scheme and no token is let in.

The guard asked whether there is an `Authorization` header, and the token behind it was looked up as
the empty string, which a row without a token has: many a home-made middleware (CWE-287).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.open_though_declared_secured import NOBODY
from troth.defects.planting import wrap
from troth.reference import routes
from troth.reference.problems import ProblemError


def _admit(admit: Any, platform: Any, trace: Any, headers: Any, *rest: Any) -> Any:
    try:
        return admit(platform, trace, headers, *rest)
    except ProblemError:
        shown = headers.get("authorization")
        if shown not in {"", "Bearer"} or trace.template != "/api/v1/tools":
            raise
        trace.quota = platform.limits.take("nobody", platform.settings.rate_limit)
        return NOBODY


def plant(app: FastAPI) -> None:  # noqa: ARG001 - routes ask it through their module
    """The list of tools."""
    wrap(routes, "admit", _admit)


DEFECT = Defect(caught_by=("SEC311",), operations=("listTools",), plant=plant)
