"""A webhook's event that is delivered twice is applied twice.

Senders deliver at least once, and the receiver adds up: credits, seats, amounts (CWE-837). The
events' ids are not kept, so a second delivery is a new event.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import stripe
from troth.reference.storage import billing
from troth.reference.storage.billing import Delivery, Invoice
from troth.reference.storage.tables import new_id


def _delivery(**values: Any) -> Delivery:
    return Delivery(**{**values, "event_id": new_id()})


def _overwrite(overwrite: Any, db: Any, row: Any, reference: str, **given: Any) -> bool:
    values = given["values"]
    of_it = (Invoice.subscription_id == row.id, Invoice.reference == reference)
    known = db.query(Invoice).filter(*of_it).first()
    if known is None or known.stamp is None:
        return bool(overwrite(db, row, reference, **given))
    applied: bool = given["stamp"] >= known.stamp
    if applied:
        again = known.stamp == given["stamp"]
        added = known.amount_minor + values["amount_minor"] if again else values["amount_minor"]
        for name, value in {**values, "amount_minor": added, "stamp": given["stamp"]}.items():
            setattr(known, name, value)
        db.flush()
    return applied


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of invoices: what comes again of the same second is added."""
    stripe.Delivery = _delivery  # type: ignore[assignment,attr-defined]
    wrap(billing, "overwrite_invoice", _overwrite)


DEFECT = Defect(caught_by=("PRO207",), operations=("receiveStripeWebhook",), plant=plant)
