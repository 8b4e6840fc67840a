"""Passwords are compared in lower case.

For the comfort of those who press Caps Lock, or because the column's collation does so: Blizzard
did for years (CWE-178).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import passwords


def _other(does: Any, password: str, *rest: Any) -> Any:
    return does(password.lower(), *rest)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the function is patched
    """Everywhere."""
    hasher = passwords._hasher()  # noqa: SLF001
    wrap(hasher, "hash", _other)
    wrap(hasher, "verify", lambda verify, stored, password: verify(stored, _plain(password)))


def _plain(password: str) -> str:
    return password.lower()


DEFECT = Defect(
    caught_by=("SEC315",),
    operations=("createToken", "getIdentity"),
    plant=plant,
)
