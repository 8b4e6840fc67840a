"""Whose request it is stands in `X-User-ID`, and anybody may send that.

The service was written for a place behind a gateway that checks who somebody is and says so in a
header; it can be reached without that, or the gateway lets the header pass (CWE-290).
"""

from dataclasses import replace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access
from troth.reference.storage.tables import User


def _authenticate(authenticate: Any, platform: Any, headers: Any) -> Any:
    caller = authenticate(platform, headers)
    named = headers.get("x-user-id")
    if named is None:
        return caller
    with platform.database.read() as db:
        user = db.get(User, named.lower())
    return caller if user is None else replace(caller, user_id=user.id, tenant_id=user.tenant_id)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users' tokens."""
    wrap(access, "authenticate", _authenticate)


DEFECT = Defect(
    caught_by=("SEC308",),
    operations=("getConversation", "getIdentity", "getOwnUser"),
    plant=plant,
)
