"""Too many wrong passwords end all sessions of the account: anybody can shut anybody out.

The lock was meant for who guesses, and is felt by who is there already (CWE-645).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import auth
from troth.reference.domain.ending import ending
from troth.reference.problems import ProblemError
from troth.reference.storage import sessions, users


def _ending(log_in: Any, platform: Any, trace: Any, address: str, given: Any) -> Any:
    try:
        return log_in(platform, trace, address, given)
    except ProblemError as refusal:
        if refusal.status == 429:
            with ending(platform) as (db, ended):
                user = users.by_email(db, given.email)
                ended.extend(sessions.revoke(db, user.id) if user else [])
        raise


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a function of the domain
    """Logins."""
    wrap(auth, "log_in", _ending)


DEFECT = Defect(
    caught_by=("SEC362",),
    operations=("createToken", "registerAccount", "getIdentity"),
    plant=plant,
)
