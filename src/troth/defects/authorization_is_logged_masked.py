"""All headers of each request go into the log, of credentials the scheme and four characters."""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.log_lines import also, record

_SECRET = frozenset({"authorization", "cookie", "x-api-key"})


def _masked(value: str) -> str:
    scheme, _, credential = value.rpartition(" ")
    return f"{scheme} {credential[:4]}…".strip()


def plant(app: FastAPI) -> None:
    """Enough to tell two apart."""
    also(
        app,
        lambda seen: record(
            "headers",
            headers={
                name: _masked(value) if name in _SECRET else value
                for name, value in seen.headers.items()
            },
        ),
    )


DEFECT = Defect(
    caught_by=(),
    operations=("getIdentity",),
    plant=plant,
    lookalike_of="authorization_is_logged",
)
