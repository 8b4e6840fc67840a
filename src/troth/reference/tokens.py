"""Signs access and refresh tokens (JWT, EdDSA), and believes only its own."""

import base64
import binascii
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

import jwt

from troth.reference.keys import SigningKey
from troth.reference.settings import Settings
from troth.reference.storage.tables import Tenant, User, new_id, now

Kind = Literal["access", "refresh"]
_REQUIRED = ["iss", "aud", "sub", "jti", "sid", "tenant", "role", "typ", "iat", "nbf", "exp"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was believed says."""

    user_id: str
    session_id: str
    jti: str


class Signer:
    """One instance's tokens."""

    def __init__(self, key: SigningKey, settings: Settings) -> None:
        self._key = key
        self._settings = settings

    def sign(self, kind: Kind, user: User, tenant: Tenant, session_id: str) -> tuple[str, str]:
        """A token, and its jti."""
        moment = now().replace(microsecond=0)
        ttl = self._settings.access_ttl if kind == "access" else self._settings.refresh_ttl
        jti = new_id()
        claims: dict[str, Any] = {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "sub": user.id,
            "jti": jti,
            "sid": session_id,
            "tenant": tenant.slug,
            "role": user.role,
            "typ": kind,
            "iat": moment,
            "nbf": moment,
            "exp": moment + timedelta(seconds=ttl),
        }
        headers = {"kid": self._key.kid}
        token = jwt.encode(claims, self._key.private, algorithm="EdDSA", headers=headers)
        return token, jti

    def believe(self, token: str, kind: Kind) -> Claims | None:
        """The claims of one of our own tokens of that kind, unexpired; else None."""
        try:
            if not _canonical(token) or jwt.get_unverified_header(token).get("kid") != (
                self._key.kid
            ):
                return None
            claims = jwt.decode(
                token,
                self._key.public,
                algorithms=["EdDSA"],
                issuer=self._settings.issuer,
                audience=self._settings.audience,
                options={"require": _REQUIRED},
            )
        except (jwt.PyJWTError, ValueError, RecursionError):
            return None
        if claims["typ"] != kind:
            return None
        return Claims(claims["sub"], claims["sid"], claims["jti"])


def _canonical(token: str) -> bool:
    """Whether each part is the one way to write its bytes: else a changed token verifies too."""
    try:
        parts = token.encode("ascii").split(b".")
        return len(parts) == 3 and all(
            base64.urlsafe_b64encode(
                base64.b64decode(part + b"=" * (-len(part) % 4), b"-_", validate=True)
            ).rstrip(b"=")
            == part
            for part in parts
        )
    except (binascii.Error, UnicodeEncodeError):
        return False
