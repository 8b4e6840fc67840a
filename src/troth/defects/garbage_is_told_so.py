"""A malformed credential is refused in other words than a wrong one.

Which it is says nothing about anybody, and RFC 6750 has two words for it itself.
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import wrap
from troth.reference.domain import access
from troth.reference.problems import unauthenticated


def _bearer(bearer: Any, headers: Any) -> Any:
    token = bearer(headers)
    if token.count(".") != 2:
        raise unauthenticated("A token has three parts.", error="invalid_token")
    return token


def plant(app: FastAPI) -> None:  # noqa: ARG001 - the domain is patched
    """Everywhere."""
    wrap(access, "_bearer", _bearer)


DEFECT = Defect(
    caught_by=(), operations=("listTools",), plant=plant, lookalike_of="garbage_header_crashes"
)
