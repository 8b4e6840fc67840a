"""`If-None-Match` is compared as text: a tag that a proxy has marked as weak never fits.

nginx marks tags as weak when it compresses, and browsers send them back so; every reading is then
sent in full (RFC 9110 section 13.1.2 wants the weak comparison).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import tenants


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the one thing with a tag
    """The settings of a tenant."""
    tenants.names = lambda listed, tag: listed == "*" or tag in listed.split(", ")


DEFECT = Defect(caught_by=("FUZ119",), operations=("getTenantSettings",), plant=plant)
