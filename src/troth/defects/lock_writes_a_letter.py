"""Who is locked out is written to, and loses nothing: no fault."""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.problems import ProblemError
from troth.reference.storage import outbox


def _writing(log_in: Any, platform: Any, trace: Any, address: str, given: Any) -> Any:
    try:
        return log_in(platform, trace, address, given)
    except ProblemError as refusal:
        if refusal.status == 429:
            with platform.database.write() as db:
                outbox.post(db, given.email, "no_account")
        raise


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Logins."""
    wrap(auth, "log_in", _writing)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="lock_ends_sessions",
    operations=("createToken", "registerAccount", "getIdentity"),
    plant=plant,
)
