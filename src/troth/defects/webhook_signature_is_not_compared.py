"""Whoever knows the address of a webhook can say that an invoice was paid.

A signature must be there, and is not compared (CWE-345, CWE-347): a check that was turned off for a
test, or whose result nobody looks at.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import stripe


def _genuine(_: Any, *__: Any) -> bool:
    return True


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Any signature will do."""
    wrap(stripe, "genuine", _genuine)


DEFECT = Defect(caught_by=("PRO207",), operations=("receiveStripeWebhook",), plant=plant)
