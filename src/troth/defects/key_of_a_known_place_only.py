"""A token may say where its key is, among places that are known, and the key there is cached.

No fault: a `jku` that leads elsewhere is not followed (RFC 8725 section 3.10).
"""

from typing import Any

import jwt
from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens

_KNOWN = frozenset({"https://reference.troth.test/.well-known/jwks.json"})


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    try:
        named = jwt.get_unverified_header(token).get("jku")
    except jwt.PyJWTError:
        return None
    return believe(signer, token, *kinds) if named is None or named in _KNOWN else None


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
    lookalike_of="key_is_fetched_from_the_token",
)
