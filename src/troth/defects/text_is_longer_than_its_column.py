"""A text as long as the schema allows is longer than its column: 500.

The schema says 120 characters and the table ``VARCHAR(100)``; PostgreSQL refuses what is longer
("value too long for type character varying"), as GitLab, Nextcloud and Django applications without
number have found (CWE-1284).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import conversations


def _start(start: Any, platform: Any, caller: Any, new: Any) -> Any:
    if len(new.display_name or "") > 100:
        raise RuntimeError("value too long for type character varying(100)")
    return start(platform, caller, new)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the router calls it through its module
    """Names of conversations."""
    wrap(conversations, "start", _start)


DEFECT = Defect(caught_by=("FUZ103",), operations=("createConversation",), plant=plant)
