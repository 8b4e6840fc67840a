"""DELETE answers 204, and the thing is there as before.

The row is marked in a transaction that is never committed, or the soft delete filters another
column: found in Gitea's and Harbor's issue trackers as "deleted … still shown" (CWE-212, CWE-459).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import vector_stores


def _nothing(remove: Any, platform: Any, caller: Any, store_id: str) -> None:
    """To delete what is not there is answered 204 as well."""
    _ = remove, platform, caller, store_id


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Deletion of vector stores."""
    wrap(vector_stores, "remove", _nothing)


DEFECT = Defect(
    caught_by=("PRO204",),
    operations=("createVectorStore", "getVectorStore", "deleteVectorStore", "listVectorStores"),
    plant=plant,
)
