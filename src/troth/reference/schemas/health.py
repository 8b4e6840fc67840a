"""How the service says that it is well."""

from typing import Any, Literal

from troth.reference.fields import Shown


class Health(Shown):
    """The process answers."""

    status: Literal["ok"]


class Readiness(Shown):
    """Everything it depends on answers too."""

    status: Literal["ready"]
    database: Literal["ok"]
    redis: Literal["ok", "not configured"]


class PublicKey(Shown):
    """One Ed25519 public key (RFC 8037)."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    alg: Literal["EdDSA"]
    use: Literal["sig"]
    kid: str
    x: str

    def as_jwk(self) -> dict[str, Any]:
        """As PyJWT takes it."""
        return self.model_dump()


class KeySet(Shown):
    """The keys that access tokens are signed with (RFC 7517)."""

    keys: list[PublicKey]
