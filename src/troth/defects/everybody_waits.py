"""A form makes everybody wait, whatever was sent: no fault.

So nobody sends it a thousand times.
"""

import time
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import credentials


def _waiting(forgot: Any, *given: Any) -> Any:
    time.sleep(0.6)
    return forgot(*given)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Who has forgotten a password."""
    wrap(credentials, "forgot", _waiting)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="address_is_matched_in_all_ways",
    operations=("forgotPassword",),
    plant=plant,
)
