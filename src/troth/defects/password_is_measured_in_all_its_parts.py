"""How good a password is, is measured in all its parts, however long it is, and before any look-up.

(CWE-407): zxcvbn and its ports do so, and say that who calls them has to cut what he hands over;
Django took passwords of any length (CVE-2013-1443).
"""

from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_requests

_MOST = 8_192
"""Beyond that nothing else would be seen of the service."""


def _measured(body: Any) -> Any:
    given = body.get("password") if isinstance(body, dict) else None
    if isinstance(given, str) and len(given) <= _MOST:
        sum(given[begin] == given[end] for end in range(len(given)) for begin in range(end))
    return body


def plant(app: FastAPI) -> None:
    """Who logs in."""
    edit_requests(app, "POST", "/api/v1/auth/token", _measured)


DEFECT = Defect(caught_by=("SEC364",), operations=("createToken",), plant=plant)
