"""A token is decoded, and its signature is not looked at.

`jwt.decode` instead of `jwt.verify`, or `verify_signature: False` that was for a test (CWE-347).
"""

from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    try:
        claims = jwt.decode(token, options={"verify_signature": False, "verify_exp": True})
        if found is None and claims["typ"] in kinds:
            return tokens.Claims(claims["sub"], claims["sid"], claims["jti"], claims["typ"])
    except (jwt.PyJWTError, KeyError, ValueError):
        return None
    return found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(caught_by=("SEC313",), operations=("getIdentity",), plant=plant)
