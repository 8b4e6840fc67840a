"""JSON web tokens that nobody issued: what a verifier that is sound refuses (RFC 8725). Pure."""

import base64
import hashlib
import hmac
import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from time import time
from typing import Any, Final

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from jwt.algorithms import get_default_algorithms

from troth.strategies.secrets import KNOWN

HOUR: Final = 3600
_HASHES: Final = {"HS256": hashlib.sha256, "HS384": hashlib.sha384, "HS512": hashlib.sha512}
NOBODY: Final = "https://nobody.invalid"


@dataclass(frozen=True, slots=True)
class Token:
    """A token as it was issued."""

    header: Mapping[str, Any]
    claims: Mapping[str, Any]
    parts: tuple[str, str, str] = field(repr=False)

    @property
    def algorithm(self) -> str:
        """What its header says."""
        return str(self.header.get("alg", ""))


@dataclass(frozen=True, slots=True)
class Keys:
    """What is known beside the token: published keys, a secret for tests, a refresh token."""

    published: tuple[Mapping[str, Any], ...] = ()
    signing: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)
    publish: Callable[[bytes, str], str] | None = None
    """Puts a content of some media type where the service may call it, and gives the address."""


Make = Callable[[Token, Keys], str | None]


@dataclass(frozen=True, slots=True)
class Forgery:
    """``name`` is unique; findings are of its ``root``."""

    name: str
    root: str
    make: Make
    own: bool = False
    """Whether it is signed with the target file's own key."""


def token_of(text: str) -> Token | None:
    """The token that ``text`` is, None where it is none."""
    parts = text.split(".")
    if len(parts) != 3:
        return None
    try:
        header, claims = (json.loads(_bytes(each)) for each in parts[:2])
    except (ValueError, RecursionError):
        return None
    if not isinstance(header, dict) or not isinstance(claims, dict) or "alg" not in header:
        return None
    return Token(header, claims, (parts[0], parts[1], parts[2]))


def signed_in_public(token: Token | None) -> bool:
    """Whether it is of an algorithm whose keys may be published."""
    return token is not None and token.algorithm not in _HASHES


def symmetric(algorithm: str) -> bool:
    """Whether who verifies could sign as well."""
    return algorithm in _HASHES


def _bytes(part: str) -> bytes:
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _part(value: Mapping[str, Any]) -> str:
    return _text(json.dumps(value, separators=(",", ":")).encode())


def _hmac(header: Mapping[str, Any], payload: str, key: bytes) -> str:
    """A token signed with ``key`` by the algorithm that its header names."""
    head = f"{_part(header)}.{payload}"
    digest = hmac.new(key, head.encode(), _HASHES[str(header["alg"])]).digest()
    return f"{head}.{_text(digest)}"


def signed(header: Mapping[str, Any], payload: str, key: Any) -> str:
    """The same, with a private key that suits its algorithm."""
    head = f"{_part(header)}.{payload}"
    algorithm = get_default_algorithms()[str(header["alg"])]
    return f"{head}.{_text(algorithm.sign(head.encode(), key))}"


@cache
def foreign(algorithm: str) -> Any:
    """A private key of ours for an asymmetric algorithm, None for an unknown one."""
    if algorithm[:2] in {"RS", "PS"}:
        return rsa.generate_private_key(65537, 2048)
    curves: dict[str, Callable[[], ec.EllipticCurve]]
    curves = {"ES256": ec.SECP256R1, "ES384": ec.SECP384R1, "ES512": ec.SECP521R1}
    if algorithm in curves:
        return ec.generate_private_key(curves[algorithm]())
    return ed25519.Ed25519PrivateKey.generate() if algorithm == "EdDSA" else None


def _random_signature(token: Token, _: Keys) -> str:
    length = len(_bytes(token.parts[2])) or 32
    return f"{token.parts[0]}.{token.parts[1]}.{_text(secrets.token_bytes(length))}"


def _changed_claims(token: Token, _: Keys) -> str:
    return f"{token.parts[0]}.{_part({**token.claims, 'troth': 1})}.{token.parts[2]}"


def _stripped(token: Token, _: Keys) -> str:
    return f"{token.parts[0]}.{token.parts[1]}."


def _none(word: str) -> Make:
    return lambda token, _: f"{_part({**token.header, 'alg': word})}.{token.parts[1]}."


def _by_a_foreign_key(token: Token, _: Keys) -> str | None:
    if token.algorithm in _HASHES:
        return _hmac(token.header, token.parts[1], secrets.token_bytes(32))
    key = foreign(token.algorithm)
    return signed(token.header, token.parts[1], key) if key is not None else None


def _by_an_empty_key(token: Token, _: Keys) -> str:
    return _hmac({**token.header, "alg": "HS256"}, token.parts[1], b"")


def _with_its_own_key(token: Token, _: Keys) -> str | None:
    algorithm = token.algorithm if token.algorithm not in _HASHES else "ES256"
    key = foreign(algorithm)
    if key is None:
        return None
    jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
    return signed({**token.header, "alg": algorithm, "jwk": jwk}, token.parts[1], key)


def _kid(kid: str, key: bytes) -> Make:
    return lambda token, _: _hmac({**token.header, "alg": "HS256", "kid": kid}, token.parts[1], key)


def _confused(form: Callable[[Any], bytes | None], algorithm: str = "HS256") -> Make:
    """Signed by HMAC whose secret is the published key, in one of the forms that it is kept in."""

    def make(token: Token, keys: Keys) -> str | None:
        found = key_of(token, keys.published)
        if found is None or token.algorithm in _HASHES:
            return None
        secret = form(found)
        header = {**token.header, "alg": algorithm}
        return _hmac(header, token.parts[1], secret) if secret else None

    return make


def key_of(token: Token, published: tuple[Mapping[str, Any], ...]) -> Any:
    """The published key that signed the token, by its `kid`, else the only one; or None."""
    named = [each for each in published if each.get("kid") == token.header.get("kid")]
    chosen = named or (list(published) if len(published) == 1 else [])
    if not chosen:
        return None
    try:
        return jwt.PyJWK(dict(chosen[0]), algorithm=token.algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError):
        return None


def verifies(token: Token, key: Any) -> bool:
    """Whether the signature is that of ``key``."""
    algorithm = get_default_algorithms().get(token.algorithm)
    if algorithm is None:
        return False
    try:
        head = ".".join(token.parts[:2]).encode()
        return bool(algorithm.verify(head, key, _bytes(token.parts[2])))
    except (ValueError, TypeError, jwt.PyJWTError):
        return False


def _pem(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))


def _pkcs1(key: Any) -> bytes | None:
    if not isinstance(key, rsa.RSAPublicKey):
        return None
    return key.public_bytes(Encoding.PEM, PublicFormat.PKCS1)


def _der(key: Any) -> bytes:
    return bytes(key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo))


def _raw(key: Any) -> bytes | None:
    if not isinstance(key, ed25519.Ed25519PublicKey):
        return None
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _raw_text(key: Any) -> bytes | None:
    raw = _raw(key)
    return _text(raw).encode() if raw else None


def weak_secret(token: Token) -> str | None:
    """The well-known secret that signed it, found without asking anybody; or None."""
    hashed = _HASHES.get(token.algorithm)
    if hashed is None:
        return None
    head, right = ".".join(token.parts[:2]).encode(), token.parts[2]
    for each in KNOWN:
        if _text(hmac.new(each.encode(), head, hashed).digest()) == right:
            return each
    return None


def _by_a_known_secret(token: Token, _: Keys) -> str | None:
    secret = weak_secret(token)
    if secret is None:
        return None
    return _hmac(token.header, _part({**token.claims, "troth": 1}), secret.encode())


def _resigned(change: Callable[[dict[str, Any]], dict[str, Any] | None]) -> Make:
    """Other claims, signed with the key that the target file gives for tests."""

    def make(token: Token, keys: Keys) -> str | None:
        claims = change(dict(token.claims))
        if not keys.signing or claims is None:
            return None
        if token.algorithm in _HASHES:
            return _hmac(token.header, _part(claims), keys.signing.encode())
        algorithm = get_default_algorithms().get(token.algorithm)
        if algorithm is None:
            return None
        with suppress(ValueError, TypeError, jwt.PyJWTError):
            return signed(token.header, _part(claims), algorithm.prepare_key(keys.signing))
        return None

    return make


def _expired(claims: dict[str, Any]) -> dict[str, Any]:
    then = int(time()) - 2 * HOUR
    moved: dict[str, Any] = {name: then for name in ("iat", "nbf", "auth_time") if name in claims}
    return {**claims, **moved, "exp": then + HOUR}


def _to_come(claims: dict[str, Any]) -> dict[str, Any]:
    now = int(time())
    return {**claims, "nbf": now + 24 * HOUR, "exp": now + 48 * HOUR}


def _other(name: str) -> Callable[[dict[str, Any]], dict[str, Any] | None]:
    return lambda claims: {**claims, name: NOBODY} if name in claims else None


GENUINE: Final = Forgery("signed anew", "signed anew", _resigned(dict), own=True)
UNVERIFIED: Final = "a token's signature is not verified"
NONE: Final = "a token that says that it is not signed is believed"
CONFUSED: Final = "a token is believed that is signed with the published key as a secret"
KID: Final = "a token's kid leads to a key that anybody knows"

FORGERIES: Final = (
    Forgery("a signature of random bytes", UNVERIFIED, _random_signature),
    Forgery("other claims under the old signature", UNVERIFIED, _changed_claims),
    Forgery("no signature", "a token without its signature is believed", _stripped),
    *(Forgery(f"alg {word}", NONE, _none(word)) for word in ("none", "None", "NONE", "nOnE")),
    Forgery("a foreign key", "a token that a foreign key signed is believed", _by_a_foreign_key),
    Forgery("an empty secret", "a token that an empty secret signed is believed", _by_an_empty_key),
    Forgery("its own key", "a token that brings its own key is believed", _with_its_own_key),
    Forgery("the published key as PEM", CONFUSED, _confused(_pem)),
    Forgery("the published key as PEM, cut", CONFUSED, _confused(lambda k: _pem(k).rstrip())),
    Forgery("the published key as PKCS 1", CONFUSED, _confused(_pkcs1)),
    Forgery("the published key as DER", CONFUSED, _confused(_der)),
    Forgery("the published key's bytes", CONFUSED, _confused(_raw)),
    Forgery("the published key's letters", CONFUSED, _confused(_raw_text)),
    Forgery("a kid that is an empty file", KID, _kid("../../../../../../../../dev/null", b"")),
    Forgery("a kid that is SQL", KID, _kid("troth' UNION SELECT 'troth' -- ", b"troth")),
    Forgery(
        "a well-known secret", "tokens are signed with a well-known secret", _by_a_known_secret
    ),
    Forgery(
        "the refresh token",
        "a refresh token is served as an access token",
        lambda _, keys: keys.refresh or None,
    ),
)
CLAIMS: Final = (
    Forgery("exp in the past", "a token that expired is believed", _resigned(_expired), own=True),
    Forgery("nbf to come", "a token is believed before its time", _resigned(_to_come), own=True),
    Forgery(
        "another aud",
        "a token for another audience is believed",
        _resigned(_other("aud")),
        own=True,
    ),
    Forgery(
        "another iss", "a token of another issuer is believed", _resigned(_other("iss")), own=True
    ),
)


def forgeries() -> Iterator[Forgery]:
    """All of them, by which a replay finds one again."""
    yield from (*FORGERIES, GENUINE, *CLAIMS)
