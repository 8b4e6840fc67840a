"""What was deleted answers 410, which the document does not have.

A second status for the same absence that only the implementation knows: GitHub's, Mastodon's and
Shopify's services answer 410 for what is gone, where their documents had 404 alone (OWASP
API9:2023, CWE-1059).
"""

from fastapi import FastAPI
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _gone(start: Message, body: bytes) -> bytes:
    if start["status"] == 404:
        start["status"] = 410
        return body.replace(b'"status": 404', b'"status": 410')
    return body


def plant(app: FastAPI) -> None:
    """Each asset that is not there."""
    edit_answers(app, "GET", "/api/v1/assets/[^/]+", _gone)


DEFECT = Defect(caught_by=("FUZ102",), operations=("getAsset",), plant=plant)
