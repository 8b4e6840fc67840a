"""The published key has its private half in it.

Somebody serialised the whole key pair, as `export({private: true})` does, or the wrong file was put
below `.well-known` (CWE-522): whoever reads it is the issuer.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_json

PRIVATE = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"


def _with(body: Any) -> Any:
    return {"keys": [{**each, "d": PRIVATE} for each in body["keys"]]}


def plant(app: FastAPI) -> None:
    """At its usual place."""
    edit_json(app, "GET", "/.well-known/jwks.json", _with)


# That the document does not have the member is true as well.
DEFECT = Defect(caught_by=("SEC314", "FUZ102"), operations=("getIdentity", "getKeys"), plant=plant)
