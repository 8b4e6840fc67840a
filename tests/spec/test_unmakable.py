"""What schemathesis can make no request of is said of the operation, and breaks nothing else."""

import pytest

from troth.errors import Unmakable
from troth.spec.load import load
from troth.spec.schemathesis import generator

BINARY, DATE = {"type": "string", "format": "binary"}, {"type": "string", "format": "date"}


@pytest.mark.parametrize("media_type", ["application/json", "multipart/form-data"])
def test_bytes_or_a_text_of_another_format(media_type):
    schema = {
        "type": "object",
        "required": ["file"],
        "properties": {"file": {"oneOf": [BINARY, DATE]}},
    }
    body = {"required": True, "content": {media_type: {"schema": schema}}}
    answers = {"200": {"description": ""}}
    paths = {"/files": {"post": {"requestBody": body, "responses": answers}}}
    spec = load({"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths})
    (operation,) = spec.operations
    made = generator(spec)
    with pytest.raises(Unmakable, match=r"of POST /files: `format: binary` beside another"):
        list(made.boundary(operation, valid=True))
