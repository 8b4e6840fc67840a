"""Passwords are normalised to NFKC before they are hashed, as NIST SP 800-63B asks for."""

import unicodedata
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import passwords


def _other(does: Any, password: str, *rest: Any) -> Any:
    return does(unicodedata.normalize("NFKC", password), *rest)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the function is patched
    """Everywhere."""
    hasher = passwords._hasher()  # noqa: SLF001
    wrap(hasher, "hash", _other)
    wrap(hasher, "verify", lambda verify, stored, password: verify(stored, _plain(password)))


def _plain(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


DEFECT = Defect(
    caught_by=(),
    operations=("createToken", "getIdentity"),
    plant=plant,
    lookalike_of="password_in_any_case",
)
