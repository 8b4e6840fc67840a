"""Tokens that say where the key is that they are signed with, or bring a certificate along. Pure.

RFC 7515 sections 4.1.2, 4.1.5 and 4.1.6 have headers for that; RFC 8725 section 3.10 says that who
follows them believes anybody, and calls whatever he is told to.
"""

import json
from base64 import b64encode
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any, Final

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from jwt.algorithms import get_default_algorithms

from troth.authority.forgery import Forgery, Keys, Make, Token, foreign, signed, symmetric, token_of

CALLS: Final = ("jku", "x5u")
"""Headers whose address a verifier might call."""


def _by_our_key(token: Token, add: Callable[[Any, str], dict[str, Any] | None]) -> str | None:
    """Signed with a key of ours, with the header that ``add`` makes of key and algorithm."""
    algorithm = "ES256" if symmetric(token.algorithm) else token.algorithm
    key = foreign(algorithm)
    more = add(key, algorithm) if key is not None else None
    if more is None:
        return None
    return signed({**token.header, "alg": algorithm, **more}, token.parts[1], key)


def _jku(token: Token, keys: Keys) -> str | None:
    def add(key: Any, algorithm: str) -> dict[str, Any] | None:
        if keys.publish is None:
            return None
        jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
        kid = str(token.header.get("kid", "troth"))
        known = {**jwk, "kid": kid, "use": "sig", "alg": algorithm}
        body = json.dumps({"keys": [known]}).encode()
        return {"kid": kid, "jku": keys.publish(body, "application/json")}

    return _by_our_key(token, add)


def _x5u(token: Token, keys: Keys) -> str | None:
    def add(_: Any, algorithm: str) -> dict[str, Any] | None:
        if keys.publish is None:
            return None
        body = _certificate(algorithm).public_bytes(Encoding.PEM)
        return {"x5u": keys.publish(body, "application/x-pem-file")}

    return _by_our_key(token, add)


def _x5c(token: Token, _: Keys) -> str | None:
    def add(_: Any, algorithm: str) -> dict[str, Any]:
        body = _certificate(algorithm).public_bytes(Encoding.DER)
        return {"x5c": [b64encode(body).decode()]}

    return _by_our_key(token, add)


@cache
def _certificate(algorithm: str) -> x509.Certificate:
    """Of our key, signed by itself: nobody has reason to trust it."""
    key = foreign(algorithm)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "troth-nobody.invalid")])
    now, day = datetime.now(UTC), timedelta(days=1)
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    made = made.not_valid_before(now - day).not_valid_after(now + day)
    return made.sign(key, None if isinstance(key, ed25519.Ed25519PrivateKey) else SHA256())


def address(text: str) -> str:
    """The address at which a token says that its key is; empty where it says none."""
    token = token_of(text)
    named = (token.header.get(each) for each in CALLS) if token is not None else ()
    return next((each for each in named if isinstance(each, str)), "")


def _forgery(name: str, root: str, make: Make) -> Forgery:
    return Forgery(name, f"a token that {root} is believed", make)


BROUGHT: Final = (
    _forgery("a jku of our own", "says where its key is (jku)", _jku),
    _forgery("an x5u of our own", "says where its certificate is (x5u)", _x5u),
    _forgery("an x5c of our own", "brings its own certificate (x5c)", _x5c),
)
CALLED: Final = "a token makes the service call an address that stands in it"
