"""A token is believed that is signed by HMAC with the published key as its secret.

The verifier lets the token choose its algorithm, and the key is what everybody may read:
CVE-2016-10555 of jwt-simple, CVE-2022-29217 of PyJWT, CVE-2024-54150 of cjwt (CWE-347).
"""

import base64
import hmac
from hashlib import sha256
from typing import Any

import jwt
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    try:
        if found is not None or jwt.get_unverified_header(token)["alg"] != "HS256":
            return found
        head, _, signature = token.rpartition(".")
        raw = signer._key.public.public_bytes(Encoding.Raw, PublicFormat.Raw)  # noqa: SLF001
        right = hmac.new(raw, head.encode(), sha256).digest()
        if base64.urlsafe_b64encode(right).rstrip(b"=").decode() != signature:
            return None
        claims = jwt.decode(token, options={"verify_signature": False})
        return tokens.Claims(claims["sub"], claims["sid"], claims["jti"], claims["typ"])
    except (jwt.PyJWTError, KeyError, ValueError):
        return None


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(caught_by=("SEC313",), operations=("getIdentity",), plant=plant)
