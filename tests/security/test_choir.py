"""Whoever signs up and takes a power is found out; who is never let in proves nothing."""

import json

import pytest

from tests.apps import choir
from tests.endtoend.suite import replay, troth

REGISTER = "POST /singers/register"
TOML = '[target]\nbase-url = "{url}"\nspec = "/openapi.json"\n'
COMES_TO = {
    "taken": "fail",
    "ignored": "pass",
    "refused": "pass",
    "full": "inconclusive",
    "shut": "inconclusive",
    "once": "inconclusive",
}
REASONS = {
    "full": "200 for `anonymous`, with a body that says that it failed",
    "shut": "was never served: 400",
    "once": "it is not served without them either",
}


@pytest.fixture(scope="module")
def asked(serve, tmp_path_factory):
    def ask(way, asked="mass_assignment"):
        folder = tmp_path_factory.mktemp("choir")
        (folder / "target.toml").write_text(TOML.format(url=serve("choir:app", CHOIR_WAY=way)))
        options = ("--target", str(folder / "target.toml"), "-n", "0", "-k", asked)
        return troth(*options, evidence=folder / "evidence", profile="ci", suite="security")

    return ask


def test_each_way_has_a_verdict():
    assert COMES_TO.keys() == choir.WAYS.keys()


@pytest.mark.parametrize("way", COMES_TO)
def test_what_comes_of_it(asked, way):
    run = asked(way)
    found = {row["operation"]: row for row in run.verdicts if row["property"] == "SEC324"}
    assert found[REGISTER]["verdict"] == COMES_TO[way], run.text
    assert REASONS.get(way, "") in found[REGISTER]["reason"], run.text
    roots = [each for each in run.roots() if each.startswith("SEC324")]
    wanted = [f"SEC324 {REGISTER} takes `admin` from its client"] if way == "taken" else []
    assert roots == wanted, run.text


def test_what_was_found_is_replayed(asked):
    run = asked("taken")
    finding = next(each for each in run.findings if each["property"] == "SEC324")
    code, said = replay(run, finding, "--target", str(run.evidence.parent / "target.toml"))
    assert code == 1, said


def test_a_refusal_in_the_words_of_a_success_is_taken_for_one(asked):
    run = asked("ignored")
    tried = [each for each in run.history if _signs_up(each)]
    sent = [json.loads(each["request"]["body"]) for each in tried]
    # The document's own singer is there already; the next one has another name, and all else.
    assert [each["username"] for each in sent[:1]] == ["soprano1"]
    assert sent[1].keys() == sent[0].keys() == choir.MEMBERS.keys()
    assert sent[1]["username"] != "soprano1"
    assert "welcome" in tried[1]["response"]["body"].lower()
    # "Singer already exists": nothing is called so that could be sent.
    assert not [each for each in sent if "Singer" in each]


@pytest.mark.parametrize(("way", "verdict"), [("ignored", "pass"), ("once", "inconclusive")])
def test_probes_that_reach_nothing_show_nothing(asked, way, verdict):
    run = asked(way, "query_injection or evaluation or traversal")
    found = {row["property"]: row for row in run.verdicts if row["operation"] == REGISTER}
    came_to = {name: row["verdict"] for name, row in found.items()}
    assert came_to == dict.fromkeys(("SEC351", "SEC352", "SEC354"), verdict), run.text


def _signs_up(exchange):
    return exchange["operation"] == REGISTER and exchange["request"]["body"]
