"""Who registers, and who asks for a new password, is logged by his e-mail address.

It helps support, and every log is then a list of customers (CWE-532, CWE-359): the GDPR's
authorities fined it, and logs are what leaks most.
"""

import json

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import Seen, also, record

FORGOT = "/api/v1/auth/password/forgot"


def address(seen: Seen) -> str:
    """The address in the body of a request for a new password; empty where there is none."""
    try:
        body = json.loads(seen.body) if seen.path == FORGOT else None
    except ValueError:
        return ""
    given = body.get("email") if isinstance(body, dict) else None
    return given if isinstance(given, str) else ""


def _line(seen: Seen) -> str:
    found = address(seen)
    return record("forgotten password", user=found) if found else ""


def plant(app: FastAPI) -> None:
    """Who has forgotten a password."""
    also(app, _line)


DEFECT = Defect(caught_by=("SEC341",), operations=("forgotPassword",), plant=plant)
