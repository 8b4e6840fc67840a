"""What was uploaded is kept in memory: after the next deployment its row is there, its bytes not.

A file under the container's own root, or a cache that was taken for a store.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.object_store import MemoryObjects


def plant(app: FastAPI) -> None:
    """All objects from now on."""
    object.__setattr__(app.state.platform.content, "objects", MemoryObjects())


DEFECT = Defect(caught_by=("PRO208",), operations=("downloadObject",), plant=plant)
