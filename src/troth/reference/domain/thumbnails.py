"""Thumbnails of PNG images: made once from the stored bytes, kept beside them."""

import struct
from io import BytesIO

from PIL import Image

from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.storage.objects import StoredObject
from troth.reference.tickets import Deed

LONGEST = 96
_LARGEST = 2048
_SIZES = struct.Struct(">II")


def bytes_for(platform: Platform, row: StoredObject, deed: Deed) -> bytes:
    """What a ticket of that deed downloads; ProblemError 404 where it is gone."""
    store = platform.content.objects
    data = kept(platform, row) if deed == "thumbnail" else store.get(row.key)
    if data is None:
        raise unknown()
    return data


def kept(platform: Platform, row: StoredObject) -> bytes | None:
    """The thumbnail of a stored object; None where its bytes are gone or none can be made."""
    store, key = platform.content.objects, f"{row.key}.thumbnail"
    known = store.get(key)
    if known is not None or row.content_type != "image/png":
        return known
    data = store.get(row.key)
    made = None if data is None else thumbnail(data)
    if made is not None:
        store.put(key, made)
        if not store.has(row.key):
            store.delete(key)  # the object was deleted meanwhile
    return made


def sides(png: bytes) -> tuple[int, int]:
    """Width and height, as the header chunk says; (0, 0) without one."""
    if png[12:16] != b"IHDR" or len(png) < 24:
        return 0, 0
    width, height = _SIZES.unpack(png[16:24])
    return width, height


def thumbnail(png: bytes) -> bytes | None:
    """A PNG no longer than LONGEST on either side; None if it cannot be read, or is too large.

    A few bytes can announce gigabytes of pixels: that is looked at before anything is decoded.
    """
    if not 0 < min(sides(png)) <= max(sides(png)) <= _LARGEST:
        return None
    try:
        with Image.open(BytesIO(png), formats=("PNG",)) as image:
            image.thumbnail((LONGEST, LONGEST))
            out = BytesIO()
            image.convert("RGBA").save(out, "PNG")
    except Exception:  # noqa: BLE001 - whatever a strange file makes Pillow raise: it has none
        return None
    return out.getvalue()
