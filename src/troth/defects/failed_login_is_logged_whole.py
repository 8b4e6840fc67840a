"""What is refused is logged with its body, so that one can see what was wrong with it.

People mistype their password, and type another one of theirs (CWE-532).
"""

import base64

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import Seen, also, record


def _line(seen: Seen) -> str:
    if not seen.path.endswith("/auth/token"):
        return ""
    return record("login", body=base64.b64encode(seen.body).decode())


def plant(app: FastAPI) -> None:
    """In base64, for it may be anything."""
    also(app, _line)


DEFECT = Defect(caught_by=("SEC341",), operations=("createToken",), plant=plant)
