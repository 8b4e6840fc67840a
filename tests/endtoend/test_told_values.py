"""Tokens of an operation's own, one-time codes and signatures: sent, renewed, hidden, replayed."""

import re

import pytest

from tests.apps import doors
from tests.endtoend.suite import replay, troth

SECRET = "7b1f-hook-secret-c2d9"
TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"

[principals]
ann = {{ login = {{ user = "${{DOORS_USER}}" }} }}

[session]
login = {{ operation = "enter", token = "$response.body#/handle" }}

[policy]
require = ["*"]
reached = 1.0

[operations.enter]
body = {{ user = "ben" }}
[operations.leave]
token = "$producer.enter.body#/handle"
expect = {{ "/left" = true }}
[operations.setPhrase]
token = "$producer.enter.body#/handle"
body = {{ phrase = "open sesame", entry = "$producer.enter.body#/number" }}
expect = {{ "/left" = true }}
[operations.confirm]
path = {{ device_id = "$producer.addDevice.body#/device_id" }}
body = {{ code = "$totp($producer.addDevice.body#/seed)" }}
[operations.hook]
sign = {{ scheme = "hmac-sha256", header = "X-Signature", secret = "${{DOORS_SECRET}}" }}
"""


def run_on(url, folder):
    (folder / "target.toml").write_text(TARGET.format(url=url))
    return troth(
        "--target",
        str(folder / "target.toml"),
        evidence=folder / "evidence",
        profile="ci",
        **{doors.SECRET: SECRET, "DOORS_USER": "ann"},
    )


@pytest.fixture(scope="module")
def clean(serve, tmp_path_factory):
    url = serve("doors:clean", **{doors.SECRET: SECRET})
    return run_on(url, tmp_path_factory.mktemp("clean"))


@pytest.fixture(scope="module")
def faulty(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    url = serve("doors:app", **{doors.SECRET: SECRET})
    return run_on(url, folder), folder


def test_a_clean_service_is_found_clean(clean):
    assert [(each["property"], each["message"]) for each in clean.findings] == []
    assert clean.said("inconclusive") + clean.said("error") == []
    assert clean.code == 0, clean.text


def test_a_token_that_is_used_up_is_replaced(clean):
    sent = [each for each in clean.history if each["operation"] == "PUT /phrase"]
    # Invalid cases reach the judgement of their input: their token was good.
    assert [each for each in sent if each["response"]["status"] == 422]
    renewed = [each for each in sent if each["purpose"].endswith("again, with a new token")]
    assert renewed
    assert {each["response"]["status"] for each in renewed} <= {200, 400, 409, 415, 422}


def test_no_secret_is_in_the_evidence(clean):
    text = "".join(each.read_text() for each in clean.evidence.iterdir()) + clean.text
    assert SECRET not in text
    entered = [each for each in clean.history if each["operation"] == "POST /entries"]
    handles = [re.search(r'"handle":\s*"([^"]*)"', each["response"]["body"]) for each in entered]
    assert {found[1][:8] for found in handles if found} == {"[secret:"}
    added = [each for each in clean.history if each["operation"] == "POST /devices"]
    made = [each for each in added if each["response"]["status"] == 201]
    assert made
    assert all('"seed":"[' in each["response"]["body"] for each in made)
    signed = [each for each in clean.history if each["operation"] == "POST /hooks"]
    values = [dict(map(tuple, each["request"]["headers"])).get("X-Signature") for each in signed]
    assert set(values) <= {"[redacted]", None}


def test_every_body_of_a_hook_was_signed_as_it_went_out(clean):
    sent = [each for each in clean.history if each["operation"] == "POST /hooks"]
    refused = [each for each in sent if each["response"]["status"] == 401]
    # Only FUZ110 leaves the signature out: there it is the credential.
    assert {each["purpose"] for each in refused} == {"without a credential"}
    assert [each for each in sent if each["response"]["status"] == 400]


def test_findings_are_replayed_with_a_new_token_and_a_new_signature(faulty):
    run, folder = faulty
    crashed = {
        each["history"][-1]["operation"]: each
        for each in run.findings
        if each["property"] in {"FUZ103", "FUZ104"}
    }
    assert set(crashed) == {"PUT /phrase", "POST /hooks"}, run.text
    env = {doors.SECRET: SECRET, "DOORS_USER": "ann"}
    for finding in crashed.values():
        code, said = replay(run, finding, "--target", str(folder / "target.toml"), **env)
        assert (code, "still fails" in said) == (1, True), said
    assert "set TROTH_SIGNATURE anew" in crashed["POST /hooks"]["curl"]
    assert "$TROTH_SIGNATURE" in crashed["POST /hooks"]["curl"]
