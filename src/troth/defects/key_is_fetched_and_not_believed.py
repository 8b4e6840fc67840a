"""A token's `jku` is followed before anybody looks whether it may be.

What stands there is not believed, but whoever has no credential at all makes the service call what
he likes (CWE-918).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.key_is_fetched_from_the_token import fetched
from troth.reference import tokens


def _believe(believe: Any, signer: Any, token: str, *kinds: Any) -> Any:
    found = believe(signer, token, *kinds)
    if found is None:
        fetched(token)
    return found


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the signer is patched
    """Everywhere."""
    original = tokens.Signer.believe
    tokens.Signer.believe = (  # type: ignore[method-assign]
        lambda signer, token, *kinds: _believe(original, signer, token, *kinds)
    )


DEFECT = Defect(caught_by=("SEC313",), operations=("getIdentity",), plant=plant)
