"""What is forged is what it says, and what differs a little differs."""

import hashlib
import hmac
import json
from dataclasses import replace

import jwt
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from hypothesis import given
from hypothesis import strategies as st
from jwt.algorithms import get_default_algorithms

from troth.authority.brought import BROUGHT, address
from troth.authority.forgery import (
    CLAIMS,
    FORGERIES,
    Keys,
    key_of,
    token_of,
    verifies,
    weak_secret,
)
from troth.authority.likewise import CHANGES, changed

CLAIMED = {"sub": "ann", "aud": "us", "iss": "we", "exp": 4102444800}
NAMES = {each.name: each for each in (*FORGERIES, *CLAIMS)}


def issued(algorithm="EdDSA", secret="a secret that nobody knows, of enough bytes"):
    made = {
        "EdDSA": ed25519.Ed25519PrivateKey.generate,
        "RS256": lambda: rsa.generate_private_key(65537, 2048),
    }
    key = made[algorithm]() if algorithm in made else secret
    text = jwt.encode(CLAIMED, key, algorithm=algorithm, headers={"kid": "1"})
    published = ()
    if algorithm in made:
        jwk = get_default_algorithms()[algorithm].to_jwk(key.public_key(), as_dict=True)
        published = ({**jwk, "kid": "1", "alg": algorithm},)
    return token_of(text), Keys(published=published, signing=secret if not published else "")


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256"])
def test_a_genuine_token_verifies_against_the_published_key(algorithm):
    token, keys = issued(algorithm)
    assert verifies(token, key_of(token, keys.published))


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "HS256"])
@pytest.mark.parametrize("forgery", [*FORGERIES, *BROUGHT], ids=lambda each: each.name)
def test_no_forgery_is_signed_by_the_right_key(algorithm, forgery):
    token, keys = issued(algorithm)
    text = forgery.make(token, replace(keys, publish=lambda *_: "http://127.0.0.1/t/0"))
    if text is None:
        return
    made = token_of(text)
    key = key_of(token, keys.published) if keys.published else keys.signing.encode()
    assert (
        made is None or not made.parts[2] or made.algorithm != algorithm or not verifies(made, key)
    )


def test_the_published_key_is_a_secret_in_its_forms():
    token, keys = issued("RS256")
    made = [
        NAMES[f"the published key as {each}"].make(token, keys) for each in ("PEM", "PKCS 1", "DER")
    ]
    assert len(set(made)) == 3
    assert all(token_of(each).algorithm == "HS256" for each in made)


@pytest.mark.filterwarnings("ignore::jwt.warnings.InsecureKeyLengthWarning")
def test_a_well_known_secret_is_found_offline():
    token, _ = issued("HS256", secret="supersecretkey")
    assert weak_secret(token) == "supersecretkey"
    made = NAMES["a well-known secret"].make(token, Keys())
    head, _, signature = made.rpartition(".")
    right = hmac.new(b"supersecretkey", head.encode(), hashlib.sha256).digest()
    assert jwt.utils.base64url_encode(right).decode() == signature
    other, _ = issued("HS256")
    assert weak_secret(other) is None


def test_claims_are_changed_under_a_right_signature():
    token, keys = issued("HS256")
    for each in CLAIMS:
        made = token_of(each.make(token, keys))
        assert verifies(made, get_default_algorithms()["HS256"].prepare_key(keys.signing))
        assert made.claims != token.claims


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "MQ.MQ.MQ", "e30.e30.", "....", "é.é.é"])
def test_what_is_no_token_is_none(text):
    assert token_of(text) is None


@given(st.text(max_size=200))
def test_a_change_changes(text):
    for each in CHANGES:
        made = changed(each.name, text)
        assert made is None or made != text


def test_a_header_survives():
    token, keys = issued()
    text = NAMES["alg nOnE"].make(token, keys)
    header = json.loads(jwt.utils.base64url_decode(text.split(".")[0]))
    assert header["alg"] == "nOnE"
    assert header["kid"] == "1"


@pytest.mark.parametrize("algorithm", ["EdDSA", "RS256", "HS256"])
def test_a_token_that_names_its_key_is_signed_with_it(algorithm):
    token, keys = issued(algorithm)
    held = {}

    def publish(body, media_type):
        url = f"http://127.0.0.1:1/t/{len(held)}"
        held[url] = (body, media_type)
        return url

    by_set, by_certificate, _ = (
        each.make(token, replace(keys, publish=publish)) for each in BROUGHT
    )
    body, _ = held[address(by_set)]
    (jwk,) = json.loads(body)["keys"]
    assert jwk["kid"] == token.header["kid"]
    assert verifies(token_of(by_set), jwt.PyJWK(jwk).key)
    body, _ = held[address(by_certificate)]
    assert verifies(token_of(by_certificate), x509.load_pem_x509_certificate(body).public_key())
