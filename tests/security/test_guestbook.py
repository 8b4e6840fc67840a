"""A small service: each fault of origins, logs and leaks is found, and its twin is silent."""

import pytest

from tests.endtoend.suite import replay, troth
from tests.serving import ROOT

TARGET = """
[target]
app = "guestbook:{name}"
folder = "{folder}"
spec = "/openapi.json"
{more}

[principals]
ann = {{ login = {{ username = "ann", password = "${{ANN_PASSWORD}}" }} }}
ben = {{ login = {{ username = "ben", password = "${{BEN_PASSWORD}}" }} }}

[session]
login = {{ operation = "POST /login", cookie = true }}
"""
PASSWORDS = {"ANN_PASSWORD": "Guest-Book-1x", "BEN_PASSWORD": "Guest-Book-2y"}
OURS = ("SEC331", "SEC332", "SEC333", "SEC334", "SEC341", "SEC342", "SEC343", "SEC344", "SEC345")
FOUND = {
    "SEC331 any Origin is allowed with credentials",
    "SEC332 a stream is served to an Origin that is not allowed: foreign",
    "SEC334 preflights do not allow DELETE",
    "SEC342 a request writes a record of its own",
    "SEC343 a password is shown",
    "SEC343 a refusal repeats the secret that was sent",
    "SEC344 an error shows a stack trace of Python",
    "SEC345 a header tells the version of the server",
    "SEC345 the cookie of a session lacks HttpOnly",
    "SEC341 a secret of a header is in the log",
}


@pytest.fixture(scope="module")
def run_on(tmp_path_factory):
    def run(name, more=""):
        folder = tmp_path_factory.mktemp("guestbook")
        text = TARGET.format(name=name, folder=ROOT / "tests" / "apps", more=more)
        (folder / "target.toml").write_text(text)
        arguments = ("--target", str(folder / "target.toml"))
        return troth(*arguments, evidence=folder / "evidence", suite="security", **PASSWORDS)

    return run


@pytest.fixture(scope="module")
def faulty(run_on):
    return run_on("app")


@pytest.mark.parametrize("more", ["", 'origins = ["https://guests.acme.test"]\nlogs = "stdout"'])
def test_the_clean_one_is_silent(run_on, more):
    run = run_on("clean", more)
    assert [each for each in run.roots() if each.startswith(OURS)] == [], run.text
    said = [each for each in run.said("inconclusive") if each.startswith(OURS)]
    assert said + run.said("error") == [], run.text
    asked = {row["property"] for row in run.verdicts if row["verdict"] == "pass"}
    assert asked >= set(OURS) - {"SEC333", "SEC334"}, run.text


def test_each_fault_is_found(faulty):
    roots = {each for each in faulty.roots() if each.startswith(OURS)}
    assert roots == FOUND, faulty.text


def test_who_may_ask_with_cookies_is_severe(faulty):
    severities = {each["root"]: each["severity"] for each in faulty.findings}
    assert severities["any Origin is allowed with credentials"] == "high"
    assert severities["a header tells the version of the server"] == "info"


@pytest.mark.parametrize("property", sorted({each.split()[0] for each in FOUND}))
def test_findings_replay(faulty, property):
    target = str(faulty.evidence.parent / "target.toml")
    for each in faulty.findings:
        if each["property"] == property:
            code, said = replay(faulty, each, "--target", target, **PASSWORDS)
            assert code == 1, said
