"""More items a page are taken than the document allows.

``limit=100000`` is served, and all of it read into memory (OWASP API4:2023, CWE-770): Harbor's
CVE-2022-46463 listed whole registries so.
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_query


def _at_most(query: dict[str, str]) -> dict[str, str]:
    limit = query.get("limit", "")
    return {**query, "limit": "100"} if limit.isdecimal() and int(limit) > 100 else query


def plant(app: FastAPI) -> None:
    """The size of pages of tenants."""
    edit_query(app, "GET", "/api/v1/tenants", _at_most)


DEFECT = Defect(caught_by=("FUZ105",), operations=("listTenants",), plant=plant)
