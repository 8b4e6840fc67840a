"""A limit lets a burst pass before it holds, as token buckets do: no fault."""

from fastapi import FastAPI

from troth.defects.defect import Defect


def plant(app: FastAPI) -> None:
    """Nothing but a setting."""


DEFECT = Defect(
    caught_by=(),
    lookalike_of="limit_believes_the_forwarded_address",
    operations=("createToken", "registerAccount"),
    plant=plant,
    env={"TROTH_REFERENCE_AUTH_RATE_LIMITS": '{"limits.example": 12}'},
)
