"""A token is taken under the name `Token`, too, and under none: Django's clients send it so.

The credential is the genuine one, so nobody is let in who may not.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access


def _bearer(bearer: Any, headers: Any) -> Any:
    if len(headers) == 1 and headers[0]:
        scheme, _, token = headers[0].partition(" ")
        if scheme.lower() == "token" or not token:
            return bearer([f"Bearer {token or scheme}"])
    return bearer(headers)


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Everywhere."""
    wrap(access, "_bearer", _bearer)


DEFECT = Defect(
    caught_by=(), operations=("listTools",), plant=plant, lookalike_of="empty_bearer_passes"
)
