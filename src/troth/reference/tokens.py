"""Signs tokens of users and of services (JWT, EdDSA), and believes only its own."""

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

import jwt

from troth.reference.keys import SigningKey
from troth.reference.settings import Settings
from troth.reference.storage.service_tokens import ServiceToken
from troth.reference.storage.tables import Tenant, User, new_id, now

Kind = Literal["access", "refresh", "service"]
_REQUIRED = ["iss", "aud", "sub", "jti", "sid", "tenant", "role", "typ", "iat", "nbf", "exp"]


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token that was believed says."""

    user_id: str
    session_id: str
    jti: str
    kind: Kind


class Signer:
    """One instance's tokens."""

    def __init__(self, key: SigningKey, settings: Settings) -> None:
        self._key = key
        self._settings = settings

    def sign(self, kind: Kind, user: User, tenant: Tenant, session_id: str) -> tuple[str, str]:
        """A token, and its jti."""
        ttl = self._settings.access_ttl if kind == "access" else self._settings.refresh_ttl
        jti = new_id()
        claims = {
            "sub": user.id,
            "jti": jti,
            "sid": session_id,
            "tenant": tenant.slug,
            "role": user.role,
            "typ": kind,
        }
        return self._signed(claims, now() + timedelta(seconds=ttl)), jti

    def sign_service(self, row: ServiceToken, account: User, tenant: Tenant, role: str) -> str:
        """The token that `row` is about; it is a session of its own."""
        claims: dict[str, Any] = {
            "sub": account.id,
            "jti": row.id,
            "sid": row.id,
            "tenant": tenant.slug,
            "role": role,
            "typ": "service",
            "scopes": row.scopes.split(),
        }
        return self._signed(claims, row.expires_at)

    def _signed(self, claims: dict[str, Any], expires: datetime) -> str:
        moment = now().replace(microsecond=0)
        whole = claims | {
            "iss": self._settings.issuer,
            "aud": self._settings.audience,
            "iat": moment,
            "nbf": moment,
            "exp": expires.replace(microsecond=0),
        }
        headers = {"kid": self._key.kid}
        return jwt.encode(whole, self._key.private, algorithm="EdDSA", headers=headers)

    def believe(self, token: str, *kinds: Kind) -> Claims | None:
        """The claims of one of our own tokens of these kinds, unexpired; else None."""
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
        if claims["typ"] not in kinds:
            return None
        return Claims(claims["sub"], claims["sid"], claims["jti"], claims["typ"])


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
