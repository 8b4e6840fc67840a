"""The entity tag is the same for all versions: it was made from the id alone.

Caches show what was long ago, and `If-Match` lets every lost update through (CWE-362).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import tenants


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the one thing with a tag
    """The settings of a tenant."""
    tenants.etag = lambda version: '"v1"'  # noqa: ARG005 - that is the fault


DEFECT = Defect(
    caught_by=("FUZ119",),
    operations=("getTenantSettings", "replaceTenantSettings"),
    plant=plant,
)
