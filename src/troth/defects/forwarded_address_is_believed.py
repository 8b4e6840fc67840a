"""The log notes the first of `X-Forwarded-For` as the client's address, whoever sent it.

So a guesser of passwords has as many addresses as he likes (CWE-348).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import Seen, also, record


def _line(seen: Seen) -> str:
    claimed = seen.headers.get("x-forwarded-for", "127.0.0.1")
    return record("access", client_ip=claimed.split(",")[0].strip())


def plant(app: FastAPI) -> None:
    """Nothing stands before the service that would have set it."""
    also(app, _line)


DEFECT = Defect(caught_by=("SEC342",), operations=("getIdentity",), plant=plant)
