"""A token whose `jku` says where its key is, is verified with what stands there.

(CWE-347, CWE-918): node-jose took a key out of the token itself (CVE-2018-0114); whoever follows
`jku` without a list of places takes one from anywhere (RFC 8725 section 3.10).
"""

import http.client
import json
from typing import Any
from urllib.parse import urlsplit

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def fetched(token: str) -> Any:
    """The key at the place that the token names; None where there is none."""
    try:
        header = jwt.get_unverified_header(token)
        parts = urlsplit(str(header.get("jku", "")))
        if parts.hostname != "127.0.0.1":  # nobody else is called
            return None
        connection = http.client.HTTPConnection("127.0.0.1", parts.port or 80, timeout=2)
        connection.request("GET", parts.path)
        known = json.loads(connection.getresponse().read())
        connection.close()
        return {each["kid"]: jwt.PyJWK(each) for each in known["keys"]}[header["kid"]]
    except (
        jwt.PyJWTError,
        OSError,
        http.client.HTTPException,
        ValueError,
        LookupError,
        StopIteration,
    ):
        return None


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    key = fetched(token) if found is None else None
    if key is None:
        return found
    try:
        claims = jwt.decode(token, key, options={"verify_aud": False})
        if claims["typ"] in kinds:
            return tokens.Claims(claims["sub"], claims["sid"], claims["jti"], claims["typ"])
    except (jwt.PyJWTError, KeyError, ValueError):
        return None
    return None


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(caught_by=("SEC313",), operations=("getIdentity",), plant=plant)
