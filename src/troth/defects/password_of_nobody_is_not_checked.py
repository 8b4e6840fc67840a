"""Only the password of somebody who exists is checked, and that takes its time.

`if user and verify(…)` answers alike, and sooner where there is nobody (CWE-208): OpenSSH for years
(CVE-2016-6210), Django (CVE-2024-39329).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth


def _hasty(matches: Any, password: str, stored: str | None) -> bool:
    return stored is not None and bool(matches(password, stored))


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Logins."""
    wrap(auth, "matches", _hasty)


DEFECT = Defect(
    caught_by=("SEC363",),
    operations=("createToken",),
    plant=plant,
    # As long as it takes in earnest.
    env={"TROTH_REFERENCE_HASH_MEMORY": "65536"},
)
