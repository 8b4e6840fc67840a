"""A method that nobody declared is served like the one that was.

A route without a method takes all of them: Spring's ``@RequestMapping``, Rails' ``match``, Flask's
method override; what is guarded by method can be walked around (CWE-650, CVE-2022-31692).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect


def _tools() -> dict[str, list[str]]:
    return {"items": []}


def plant(app: FastAPI) -> None:
    """PUT on the list of tools."""
    app.add_api_route("/api/v1/tools", _tools, methods=["PUT"])


DEFECT = Defect(caught_by=("FUZ107",), operations=("listTools",), plant=plant)
