"""One small picture for each seeded tenant: an asset with its object and its bytes."""

import struct
import zlib
from hashlib import sha256

from sqlalchemy.orm import Session

from troth.reference.domain.planting import stable_id
from troth.reference.platform import Platform
from troth.reference.storage import users
from troth.reference.storage.assets import Asset
from troth.reference.storage.objects import StoredObject
from troth.reference.storage.tables import now

_PICTURES = {
    "alice@acme.test": ("acme-logo.png", "Logo", bytes((200, 40, 40))),
    "bob@globex.test": ("globex-logo.png", "Logo", bytes((40, 40, 200))),
}
_SIDE = 16


def plant(platform: Platform, db: Session) -> None:
    """Put them in place, again where they were deleted or the store has lost the bytes."""
    for email, (filename, name, colour) in _PICTURES.items():
        owner = users.by_email(db, email)
        if owner is None:
            continue
        data = picture(colour)
        source = db.get(StoredObject, stable_id("object", email, filename))
        if source is None:
            source = StoredObject(id=stable_id("object", email, filename), owner_id=owner.id)
            db.add(source)
        source.tenant_id, source.purpose, source.filename = owner.tenant_id, "general", filename
        source.content_type, source.size = "image/png", len(data)
        source.sha256, source.state = sha256(data).hexdigest(), "stored"
        source.stored_at = source.stored_at or now()
        db.flush()
        if not platform.content.objects.has(source.key):
            platform.content.objects.put(source.key, data)
        id_ = stable_id("asset", email, filename)
        asset = db.get(Asset, id_)
        if asset is None:
            asset = Asset(id=id_, tenant_id=owner.tenant_id, object_id=source.id, name=name)
            db.add(asset)
        asset.content_type, asset.size, asset.deleted_at = "image/png", len(data), None
        db.flush()


def picture(colour: bytes) -> bytes:
    """A PNG in one colour, the same bytes whatever zlib there is: nothing is compressed."""
    rows = (b"\0" + colour * _SIDE) * _SIDE
    header = struct.pack(">IIBBBBB", _SIDE, _SIDE, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(rows, 0))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
