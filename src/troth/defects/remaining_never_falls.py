"""`RateLimit-Remaining` is always the same: it is computed before the request is counted, anew.

Each worker process had a counter of its own, behind a load balancer that went round; or the header
was filled from the configuration.
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.limits import RateLimit


def plant(app: FastAPI) -> None:  # noqa: ARG001 - every limit
    """Every limit."""
    take = RateLimit.take

    def told(self: Any, key: str, limit: int) -> Any:
        return replace(take(self, key, limit), remaining=limit - 1)

    RateLimit.take = told  # type: ignore[method-assign]


DEFECT = Defect(caught_by=("FUZ115",), operations=("listTools",), plant=plant)
