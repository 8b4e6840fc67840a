"""Of a password the first 72 bytes count.

That is all that bcrypt looks at: Okta's delegated authentication in 2024, where what came after a
long user name did not count (CWE-1391).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference import passwords


def _other(does: Any, password: str, *rest: Any) -> Any:
    return does(password.encode()[:72].decode(errors="ignore"), *rest)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the function is patched
    """Everywhere."""
    hasher = passwords._hasher()  # noqa: SLF001
    wrap(hasher, "hash", _other)
    wrap(hasher, "verify", lambda verify, stored, password: verify(stored, _plain(password)))


def _plain(password: str) -> str:
    return password.encode()[:72].decode(errors="ignore")


DEFECT = Defect(
    caught_by=("SEC315",),
    operations=("createToken", "getIdentity"),
    plant=plant,
)
