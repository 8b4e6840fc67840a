"""A refresh token is served where an access token belongs.

Both are signed by one key and nobody looks at the `typ`: what lives for weeks does all that was
meant to end within minutes (CWE-345, RFC 8725 section 3.11).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    return believe(signer, token, *kinds) or believe(signer, token, "refresh")


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(caught_by=("SEC313",), operations=("getIdentity",), plant=plant)
