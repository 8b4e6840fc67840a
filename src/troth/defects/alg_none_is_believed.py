"""A token that says that it is not signed is believed.

`alg: none` is an algorithm of RFC 7515, and libraries took it: CVE-2018-1000531 of
inversoft's, CVE-2022-23540 of jsonwebtoken (CWE-347).
"""

from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    try:
        if found is None and jwt.get_unverified_header(token)["alg"].lower() == "none":
            claims = jwt.decode(token, options={"verify_signature": False})
            if claims["typ"] in kinds:
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
