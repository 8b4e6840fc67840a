"""Who was an admin when his token was made is one until it expires.

The role is read from the token, not from the database (CWE-613, CWE-863): every service that puts
`role` into a JWT is tempted to.
"""

from dataclasses import replace
from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access
from troth.reference.domain.scopes import OF_ROLE


def _authenticate(authenticate: Any, platform: Any, headers: Any) -> Any:
    caller = authenticate(platform, headers)
    token = headers["authorization"].partition(" ")[2]
    claims = jwt.decode(token, options={"verify_signature": False})
    if claims["typ"] != "access":
        return caller
    return replace(caller, role=claims["role"], scopes=OF_ROLE[claims["role"]])


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Of users' tokens."""
    wrap(access, "authenticate", _authenticate)


DEFECT = Defect(caught_by=("PRO203",), operations=("changeUser",), plant=plant)
