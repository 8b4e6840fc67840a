"""A search without its required term answers with all there is.

The document says ``required``, the code has a default: Elasticsearch proxies and Solr fronts match
everything then (CWE-20, OWASP API4:2023).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_query


def plant(app: FastAPI) -> None:
    """The search of conversations."""
    edit_query(app, "GET", "/api/v1/conversations/search", lambda query: {"q": "e", **query})


DEFECT = Defect(caught_by=("FUZ108",), operations=("searchConversations",), plant=plant)
