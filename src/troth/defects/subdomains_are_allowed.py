"""Subdomains of an allowed origin are allowed too, over TLS: who has the one has the others."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.origins import allow


def plant(app: FastAPI) -> None:  # noqa: ARG001 - all of it
    """The end decides, from the dot on."""
    allow(lambda origin: origin.startswith("https://") and origin.endswith(".app.acme.test"))


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="origin_is_compared_by_its_end",
)
