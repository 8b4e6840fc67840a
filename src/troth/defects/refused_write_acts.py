"""A write that is refused as invalid has been done by half.

Fields are saved as they are read, and the invalid one comes last; the 422 rolls nothing back
(CWE-460, CWE-662). Rails' ``update_columns`` before ``valid?`` and Mongo's lack of transactions do
it.
"""

from fastapi import FastAPI
from sqlalchemy import text
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def plant(app: FastAPI) -> None:
    """The settings of a tenant."""

    def halfway(start: Message, body: bytes) -> bytes:
        if start["status"] == 422:
            with app.state.platform.database.write() as db:
                db.execute(text("UPDATE tenants SET retention_days = retention_days % 300 + 1"))
        return body

    edit_answers(app, "PUT", "/api/v1/tenants/settings", halfway)


DEFECT = Defect(
    caught_by=("FUZ105",),
    operations=("getTenantSettings", "replaceTenantSettings"),
    plant=plant,
)
