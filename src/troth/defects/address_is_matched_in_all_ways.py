"""A pattern for e-mail addresses repeats what repeats, and tries all ways before it says no.

(CWE-1333): Stack Overflow stood still for it in 2016, Cloudflare in 2019; this one stands in the
OWASP validation regex repository. VAmPI has one on purpose.
"""

import re
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests

_ADDRESS = re.compile(r"^([a-zA-Z0-9])(([\-.]|[_]+)?([a-zA-Z0-9]+))*(@){1}[a-z0-9]+[.]{1}[a-z]+$")
_MOST = 32
"""Beyond that the service would never come back, and nothing else be seen of it."""


def _matched(body: Any) -> Any:
    given = body.get("email") if isinstance(body, dict) else None
    if isinstance(given, str) and len(given) < _MOST:
        _ADDRESS.match(given)
    return body


def plant(app: FastAPI) -> None:
    """Who has forgotten a password."""
    edit_requests(app, "POST", "/api/v1/auth/password/forgot", _matched)


DEFECT = Defect(caught_by=("SEC364",), operations=("forgotPassword",), plant=plant)
