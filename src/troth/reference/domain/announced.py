"""Whether bytes are of the media type that was announced, as far as bytes can tell."""

_BEGINNINGS = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}


def looks_like(content_type: str, data: bytes) -> bool:
    """Binary types begin as they must; text is UTF-8 without NUL; anything is an octet stream."""
    if content_type.startswith("text/"):
        try:
            return "\0" not in data.decode("utf-8")
        except UnicodeDecodeError:
            return False
    return data.startswith(_BEGINNINGS.get(content_type, b""))
