"""`If-Match` is documented, and nobody reads it: the last one to write wins (CWE-362).

A parameter that a framework declares and passes on is not yet one that is compared.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import tenants


def _replace(replace: Any, platform: Any, caller: Any, new: Any, if_match: str | None) -> Any:  # noqa: ARG001
    return replace(platform, caller, new, None)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the one thing with a tag
    """The settings of a tenant."""
    wrap(tenants, "replace", _replace)


DEFECT = Defect(
    caught_by=("FUZ119",),
    operations=("getTenantSettings", "replaceTenantSettings"),
    plant=plant,
)
