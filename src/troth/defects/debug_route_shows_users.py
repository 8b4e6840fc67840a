"""A route for debugging was never taken out, and shows all users with their hashes.

Nobody wrote it into the document, and so nobody looked at it (CWE-489, OWASP API9:2023): VAmPI's
`_debug`, Spring's heap dumps, Laravel's Ignition (CVE-2021-3129).
"""

from typing import Any

from fastapi import FastAPI
from sqlalchemy import select

from troth.defects.defect import Defect
from troth.reference.storage.tables import User


def plant(app: FastAPI) -> None:
    """At `/debug`."""

    def debug() -> dict[str, Any]:
        with app.state.platform.database.read() as db:
            found = db.scalars(select(User).limit(5)).all()
            return {
                "users": [
                    {"email": each.email, "password_hash": each.password_hash} for each in found
                ]
            }

    app.add_api_route("/debug", debug, methods=["GET"])


DEFECT = Defect(caught_by=("SEC343", "SEC371"), operations=("listTools",), plant=plant)
