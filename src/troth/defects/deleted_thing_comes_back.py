"""To delete what is deleted already brings it back.

The flag is toggled where it should be set: `deleted = not deleted` (CWE-672).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import containers
from troth.reference.storage.containers import Container


def _toggled(remove: Any, platform: Any, caller: Any, id_: str) -> None:
    with platform.database.write() as db:
        row = db.get(Container, id_.lower())
        if row is not None and row.tenant_id == caller.tenant_id and row.deleted_at is not None:
            row.deleted_at = None
            return
    remove(platform, caller, id_)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Deletion of containers."""
    wrap(containers, "remove", _toggled)


DEFECT = Defect(
    caught_by=("PRO204",),
    operations=("createContainer", "getContainer", "deleteContainer", "listContainers"),
    plant=plant,
)
