"""A token is believed whatever its `kid` says, as long as the one key there is verifies it.

`kid` is a hint (RFC 7515 section 4.1.4): who has one key needs none.
"""

from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    if found is not None:
        return found
    try:
        claims = jwt.decode(
            token,
            signer._key.public,  # noqa: SLF001
            algorithms=["EdDSA"],
            issuer=signer._settings.issuer,  # noqa: SLF001
            audience=signer._settings.audience,  # noqa: SLF001
        )
        if not tokens._canonical(token) or claims["typ"] not in kinds:  # noqa: SLF001
            return None
        return tokens.Claims(claims["sub"], claims["sid"], claims["jti"], claims["typ"])
    except (jwt.PyJWTError, KeyError, ValueError, RecursionError):
        return None


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="published_key_is_a_secret",
)
