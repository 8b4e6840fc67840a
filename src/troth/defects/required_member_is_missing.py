"""What the document requires in an answer is left out where it is empty.

Serialisers that drop what is empty, as Go's ``omitempty`` and Jackson's ``NON_EMPTY`` do, break
the clients that were generated from the document: so Docker's and Kubernetes' documents, again and
again (CWE-1059).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _sparse(plans: Any) -> Any:
    first, *rest = plans["items"]
    return {**plans, "items": [{name: first[name] for name in list(first)[:-1]}, *rest]}


def plant(app: FastAPI) -> None:
    """The first of the billing plans."""
    edit_json(app, "GET", "/api/v1/billing/plans", _sparse)


DEFECT = Defect(caught_by=("FUZ102",), operations=("listPlans",), plant=plant)
