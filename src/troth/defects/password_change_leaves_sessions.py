"""Who changes a password in fear of a thief leaves the thief logged in.

Other sessions are not ended (CWE-613, ASVS 7.4.3): among the most frequent reports to any service
that has a bounty.
"""

from types import SimpleNamespace
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import credentials


def _revoke(*_: Any, **__: Any) -> list[str]:
    return []


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of all ways to a new password."""
    credentials.sessions = SimpleNamespace(revoke=_revoke)  # type: ignore[assignment,attr-defined]


DEFECT = Defect(caught_by=("PRO201",), operations=("createToken",), plant=plant)
