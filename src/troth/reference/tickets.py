"""Tickets: signed, expiring leave to do one thing with one object, for whoever holds the URL."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from troth.reference.storage.tables import EPOCH, micros, now

# 1 + 16 + 8 + 32 bytes: a multiple of three, so that each ticket has one spelling only.
PATTERN = r"^[A-Za-z0-9_-]{76}$"
_SIGNED = 25

Deed = Literal["upload", "download", "thumbnail"]
_CODES: dict[Deed, bytes] = {"upload": b"U", "download": b"D", "thumbnail": b"T"}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What the bearer may do, until when, and the text to show for it."""

    deed: Deed
    object_id: str
    expires_at: datetime
    text: str


class Tickets:
    """Issues tickets, and knows its own again."""

    def __init__(self, key: str | None, ttl: int) -> None:
        self._key = hashlib.sha256(key.encode()).digest() if key else secrets.token_bytes(32)
        self._ttl = timedelta(seconds=ttl)

    def issue(self, deed: Deed, object_id: str) -> Ticket:
        """Leave to do that, from now on for as long as the settings say."""
        expires_at = now() + self._ttl
        signed = _CODES[deed] + UUID(object_id).bytes + micros(expires_at).to_bytes(8, "big")
        text = base64.urlsafe_b64encode(signed + self._mac(signed)).decode()
        return Ticket(deed, object_id, expires_at, text)

    def believe(self, text: str, *deeds: Deed) -> Ticket | None:
        """The ticket of that text, if we issued it for one of `deeds` and it has not run out."""
        raw = base64.urlsafe_b64decode(text)
        signed, mac = raw[:_SIGNED], raw[_SIGNED:]
        if not hmac.compare_digest(mac, self._mac(signed)):
            return None
        deed = next((each for each in deeds if _CODES[each] == signed[:1]), None)
        expires_at = EPOCH + timedelta(microseconds=int.from_bytes(signed[17:], "big"))
        if deed is None or expires_at <= now():
            return None
        return Ticket(deed, str(UUID(bytes=signed[1:17])), expires_at, text)

    def _mac(self, signed: bytes) -> bytes:
        return hmac.digest(self._key, signed, "sha256")
