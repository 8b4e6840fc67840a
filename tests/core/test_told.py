"""What a target file writes for values that only a run knows."""

import base64
import hmac
from hashlib import sha256

import pytest

from troth.config.operations import SignSection
from troth.exchange import Request
from troth.signature import signed
from troth.told import Lookup, computed, leaves, lookup, mapped, one_time_code, secret_of

# RFC 6238, appendix B, SHA-1: the last six of its eight digits.
VECTORS = [
    (59, "287082"),
    (1111111109, "081804"),
    (1111111111, "050471"),
    (1234567890, "005924"),
    (2000000000, "279037"),
    (20000000000, "353130"),
]
SEED = base64.b32encode(b"12345678901234567890").decode()


@pytest.mark.parametrize(("at", "code"), VECTORS)
def test_codes_are_those_of_the_rfc(at, code):
    assert one_time_code(SEED, at=at) == code
    assert one_time_code(f"{SEED[:4]} {SEED[4:].lower()}", at=at) == code


def test_what_is_no_base32_has_no_code():
    with pytest.raises(ValueError, match=r"(?i)non-base32"):
        one_time_code("01189998819991197253")


def test_lookups_name_an_operation_and_a_place():
    assert lookup("$producer.enroll.body#/a/b") == Lookup("enroll", "$response.body#/a/b")
    assert lookup("$producer.POST /a.b/{c}.header.Location") == Lookup(
        "POST /a.b/{c}", "$response.header.Location"
    )
    assert lookup("$producer.enroll") is None
    assert lookup("enroll.body#/a") is None


def test_codes_wrap_a_lookup_or_a_constant():
    assert secret_of("$totp($producer.enroll.body#/s)") == "$producer.enroll.body#/s"
    assert secret_of("$totp(x") is None
    found = computed({"a": [f"$totp({SEED})"], "b": "$totp($producer.x.body#/s)", "c": 1})
    assert len(found["a"][0]) == 6
    assert (found["b"], found["c"]) == ("$totp($producer.x.body#/s)", 1)


def test_only_places_of_expressions_are_mapped():
    told = {"a": "$producer.x.body#/id", "b": ["$producer.x.body#/id", "k"], "gone": "$totp(x)"}
    value = {"a": 1, "b": [2, "k"], "more": 3}
    mapped_ = mapped(told, value, lambda _, old: -old)
    assert mapped_ == {"a": -1, "b": [-2, "k"], "more": 3}
    assert mapped(told, "no object", lambda _, old: -old) == "no object"
    assert dict(leaves({"a/b": [1, {"c": None}]})) == {"/a~1b/0": 1, "/a~1b/1/c": None}


def sign(**more):
    return SignSection.model_validate({"header": "X-Sig", "secret": "s3cret\n", **more})


def test_a_signature_is_over_the_raw_body_and_replaces_any_other():
    body = b'{"broken": \xff'
    request = Request("POST", "http://x/", (("A", "1"), ("x-sig", "made up")), body)
    digest = hmac.new(b"s3cret", body, sha256).hexdigest()
    hub = signed(request, sign(scheme="hmac-sha256"), now=0)
    assert hub.headers == (("A", "1"), ("X-Sig", f"sha256={digest}"))
    plain = signed(request, sign(scheme="hmac-sha256", prefix=""), now=0)
    assert plain.header("x-sig") == digest
    stripe = signed(request, sign(scheme="stripe"), now=12.9)
    over = hmac.new(b"s3cret", b"12." + body, sha256).hexdigest()
    assert stripe.header("x-sig") == f"t=12,v1={over}"
    assert stripe.body == body
