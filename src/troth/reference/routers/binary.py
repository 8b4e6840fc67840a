"""How bytes are answered: to be saved under a name, never to be shown in place."""

from typing import Any

from fastapi import Response

OCTETS = "application/octet-stream"
BINARY = {"type": "string", "format": "binary"}


def documented(*media_types: str) -> dict[int | str, dict[str, Any]]:
    """What the document says of such an answer."""
    return {200: {"content": {each: {"schema": BINARY} for each in media_types}}}


def attachment(data: bytes, filename: str, media_type: str = OCTETS) -> Response:
    """The bytes; file names are as safe in a header as their pattern says."""
    disposition = f'attachment; filename="{filename}"'
    return Response(data, headers={"Content-Disposition": disposition}, media_type=media_type)
