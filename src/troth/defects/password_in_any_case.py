"""Passwords are compared in lower case.

For the comfort of those who press Caps Lock, or because the column's collation does so: Blizzard
did for years (CWE-178).
"""

from typing import Any

from argon2.exceptions import VerificationError
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import passwords


class _Hasher:
    """Hashes another text than it is given."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def hash(self, password: str) -> str:
        """Of what is left of it."""
        return str(self._inner.hash(_plain(password)))

    def verify(self, stored: str, password: str) -> bool:
        """The same; what was hashed before is taken as it was."""
        try:
            return bool(self._inner.verify(stored, password))
        except VerificationError:
            return bool(self._inner.verify(stored, _plain(password)))


def _plain(password: str) -> str:
    return password.lower()


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the hasher is replaced
    """Everywhere."""
    hasher = _Hasher(passwords._hasher())  # noqa: SLF001
    wrap(passwords, "_hasher", lambda _: hasher)


DEFECT = Defect(
    caught_by=("SEC315",),
    operations=("createToken", "getIdentity"),
    plant=plant,
)
