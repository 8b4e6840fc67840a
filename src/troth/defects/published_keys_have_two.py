"""A key that signs no more is published beside the one that does, as rotation wants it."""

import base64
import hashlib
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json


def _with(body: Any) -> Any:
    raw = hashlib.sha256(b"the key before").digest()
    before = base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
    (now,) = body["keys"]
    return {"keys": [{**now, "kid": before, "x": before}, now]}


def plant(app: FastAPI) -> None:
    """At its usual place."""
    edit_json(app, "GET", "/.well-known/jwks.json", _with)


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity", "getKeys"),
    plant=plant,
    lookalike_of="published_keys_have_the_private_one",
)
