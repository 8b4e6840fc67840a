"""An old event that comes late puts the state back to what it was.

The last delivery wins, whatever its own time says (CWE-837): the payment provider's documentation
warns of it, and a subscription that was past due is active again.
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import ColumnElement, true

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.storage import billing


def _newer(_: Any, *__: Any) -> ColumnElement[bool]:
    return true()


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the storage is patched
    """Of subscriptions and invoices."""
    wrap(billing, "_newer", _newer)


DEFECT = Defect(caught_by=("PRO207",), operations=("receiveStripeWebhook",), plant=plant)
