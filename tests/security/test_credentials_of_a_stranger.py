"""Credentials and roles of a service that troth has never seen, clean and faulty."""

import pytest

from tests.apps import gossip
from tests.endtoend.suite import replay, troth

ENV = {gossip.KEY: "b7-gossip-signing-key-of-enough-bytes", gossip.PASSWORD: "Gx-77-word"}
TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"
[principals]
root = {{ login = {{ username = "root", password = "${{GOSSIP_PASSWORD}}-root" }}, role = "admin" }}
ann = {{ login = {{ username = "ann", password = "${{GOSSIP_PASSWORD}}-ann" }}, role = "reader" }}
[session]
{key}
[session.login]
operation = "login"
token = "$response.body#/auth_token"
prefix = "Token "
[operations.setPassword]
principal = "ann"
path = {{ username = "ann" }}
body = {{ password = "${{GOSSIP_PASSWORD}}-ann" }}
[policy.roles]
reader = ["*", "!audit"]
"""
SIGNING = 'signing-key = "${GOSSIP_KEY}"'
PUT = "/users/v1/{username}/password"
WANTED = {
    "SEC311 the credential `null` is let in",
    "SEC312 status 500 on a credential that is none",
    "SEC313 a token that expired is believed",
    "SEC314 the published keys have a secret one (`kty` is `oct`)",
    "SEC315 a password that differs logs in: upper and lower case changed places",
    "SEC321 `reader` is served GET /audit, which [policy.roles] does not allow it",
    f"SEC323 somebody lower sent PUT {PUT}, and somebody higher cannot log in any more",
    "SEC324 POST /users/v1/register takes `admin` from its client",
}
MINE = "required or garbage or forgery or jwks or equiv or role or contradict or takeover or mass"


def run_on(url, folder, profile, key=SIGNING):
    file = folder / "target.toml"
    file.write_text(TARGET.format(url=url, key=key))
    options = ("--target", str(file), "-n", "0", "-k", MINE)
    return troth(*options, evidence=folder / "evidence", suite="security", profile=profile, **ENV)


def ours(run):
    """Routes that are not there, at which other spellings end, have an error shape of their own."""
    return [each for each in run.roots() if each.startswith("SEC")]


@pytest.mark.parametrize("profile", ["smoke", "ci"])
def test_a_clean_service_is_found_clean(serve, tmp_path, profile):
    run = run_on(serve("gossip:clean", **ENV), tmp_path, profile)
    assert ours(run) == [], run.text
    assert run.said("inconclusive") + run.said("error") == [], run.text
    asked = {each["property"] for each in run.verdicts}
    assert asked >= {"SEC311", "SEC312", "SEC313", "SEC315", "SEC321", "SEC323", "SEC324"}


@pytest.fixture(scope="module")
def faulty(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("faulty")
    keys = f'{SIGNING}\njwks = "/.well-known/jwks.json"'
    return run_on(serve("gossip:app", **ENV), folder, "ci", keys), str(folder / "target.toml")


def test_each_fault_is_found_and_nothing_else(faulty):
    run, _ = faulty
    assert set(ours(run)) == WANTED, run.text


def test_what_was_found_is_replayed(faulty):
    run, target = faulty
    for finding in run.findings:
        code, said = replay(run, finding, "--target", target, **ENV)
        assert code == 1, f"{finding['message']}\n{said}"


def test_a_service_without_the_faults_is_told_so(faulty, serve, tmp_path):
    run, _ = faulty
    other = tmp_path / "target.toml"
    other.write_text(TARGET.format(url=serve("gossip:clean", **ENV), key=SIGNING))
    for finding in run.findings:
        if not finding["property"].startswith("SEC"):
            continue  # Both have it.
        code, said = replay(run, finding, "--target", str(other), **ENV)
        assert code == 0, f"{finding['message']}\n{said}"


def test_a_well_known_secret_is_found_and_not_told(serve, tmp_path):
    run = run_on(serve("gossip:weak", **ENV), tmp_path, "smoke", key="")
    assert run.roots() == ["SEC313 tokens are signed with a well-known secret"], run.text
    assert "supersecretkey" not in run.text


def test_no_secret_is_written(faulty):
    run, _ = faulty
    for path in run.evidence.iterdir():
        text = path.read_text()
        assert not [value for value in ENV.values() if value in text], path
        assert "eyJ" not in text, path
