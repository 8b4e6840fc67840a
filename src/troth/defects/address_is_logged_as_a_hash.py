"""Who asks for a new password is logged by a hash, and by the domain of the address: no fault.

So one can count, and find somebody again whom one knows.
"""

from hashlib import sha256

from fastapi import FastAPI

from troth.defects.address_is_logged import address
from troth.defects.defect import Defect
from troth.defects.log_lines import Seen, also, record


def _line(seen: Seen) -> str:
    found = address(seen)
    if not found:
        return ""
    name, _, domain = found.rpartition("@")
    return record(
        "forgotten password",
        user=sha256(found.encode()).hexdigest()[:16],
        shown=f"{name[:2]}…@{domain}",
    )


def plant(app: FastAPI) -> None:
    """Who has forgotten a password."""
    also(app, _line)


DEFECT = Defect(
    caught_by=(),
    operations=("forgotPassword",),
    plant=plant,
    lookalike_of="address_is_logged",
)
