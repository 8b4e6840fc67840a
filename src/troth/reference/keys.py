"""The Ed25519 key that tokens are signed with, and the public half that everyone may read."""

import base64
import hashlib
import json
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)


class SigningKey:
    """A private key with its RFC 7638 thumbprint as `kid`."""

    def __init__(self, pem: str | None = None) -> None:
        self.private = _load(pem) if pem else Ed25519PrivateKey.generate()
        self.public = self.private.public_key()
        raw = self.public.public_bytes(Encoding.Raw, PublicFormat.Raw)
        self._x = _base64url(raw)
        members = {"crv": "Ed25519", "kty": "OKP", "x": self._x}
        canonical = json.dumps(members, separators=(",", ":"), sort_keys=True)
        self.kid = _base64url(hashlib.sha256(canonical.encode()).digest())

    def jwk(self) -> dict[str, Any]:
        """The public key; no private member."""
        return {
            "kty": "OKP",
            "crv": "Ed25519",
            "alg": "EdDSA",
            "use": "sig",
            "kid": self.kid,
            "x": self._x,
        }


def _load(pem: str) -> Ed25519PrivateKey:
    key = load_pem_private_key(pem.encode(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        message = "TROTH_REFERENCE_SIGNING_KEY must be an Ed25519 private key in PEM"
        raise TypeError(message)
    return key


def _base64url(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
