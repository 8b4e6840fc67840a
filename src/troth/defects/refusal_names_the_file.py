"""Who asks for a file that is not there is told its name, dots and all: no fault."""

import json

from fastapi import FastAPI
from starlette.types import Message

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers


def _named(start: Message, body: bytes) -> bytes:
    if start["status"] not in {404, 422}:
        return body
    said = json.loads(body)
    return json.dumps({**said, "detail": "No such file: ../../etc/passwd, root:, :0:0:"}).encode()


def plant(app: FastAPI) -> None:
    """Files at the provider."""
    edit_answers(app, "GET", r"/api/v1/openai/files/.*", _named)


DEFECT = Defect(
    caught_by=(),
    lookalike_of="download_climbs",
    operations=("downloadProviderFile",),
    plant=plant,
)
