"""The log notes what a client says of its address under a name of its own, beside the real one."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import Seen, also, record


def _line(seen: Seen) -> str:
    said = seen.headers.get("x-forwarded-for")
    return record("access", client_ip="127.0.0.1", forwarded_for=said)


def plant(app: FastAPI) -> None:
    """For whoever looks into an attack."""
    also(app, _line)


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="forwarded_address_is_believed",
)
