"""Secrets that must be read again: encrypted, under a key drawn from the signing key."""

import base64
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from troth.reference.keys import SigningKey

_PURPOSE = b"troth reference: secrets at rest"
_NONCE = 12


def seal(key: SigningKey, place: str, secret: str) -> str:
    """`secret`, to be kept at `place` (a row's id): whoever copies it elsewhere cannot read it."""
    nonce = secrets.token_bytes(_NONCE)
    sealed = _cipher(key).encrypt(nonce, secret.encode(), place.encode())
    return base64.b64encode(nonce + sealed).decode()


def unseal(key: SigningKey, place: str, sealed: str) -> str | None:
    """The secret kept at `place`; None if it was sealed under another key, or for elsewhere."""
    raw = base64.b64decode(sealed)
    try:
        return _cipher(key).decrypt(raw[:_NONCE], raw[_NONCE:], place.encode()).decode()
    except InvalidTag:
        return None


def _cipher(key: SigningKey) -> AESGCM:
    stretched = HKDF(SHA256(), 32, salt=None, info=_PURPOSE)
    return AESGCM(stretched.derive(key.private.private_bytes_raw()))
