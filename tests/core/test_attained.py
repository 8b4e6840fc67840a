"""Who reached what is merged between workers, and refusals are read for the members they name."""

import json

import pytest

from troth.attained import complained, merged
from troth.evidence.findings import VerdictRow
from troth.exchange import Exchange, Request, Response
from troth.report.attained import as_json, attained, missed, share
from troth.report.outcome import Outcome
from troth.verdict import Verdict


def refusal(body, status=422):
    headers = (("content-type", "application/json"),)
    response = Response(status, headers, json.dumps(body).encode())
    return Exchange(1, "p", "POST /x", Request("POST", "http://h/x"), response)


@pytest.mark.parametrize(
    ("body", "names"),
    [
        ({"detail": [{"loc": ["body", "user", "age"], "msg": "no"}]}, ["user.age"]),
        ({"errors": [{"pointer": "#/email", "detail": "no"}]}, ["email"]),
        ({"email": ["is taken"], "name": ["is blank"]}, ["email", "name"]),
        ({"message": "the field 'colour' is required"}, ["colour"]),
        ({"error": {"message": "`size` is wrong"}}, ["size"]),
        ({"status": "fail"}, []),
        ([], []),
    ],
)
def test_a_refusal_names_members(body, names):
    assert list(complained(refusal(body))) == names


def test_only_refusals_are_read():
    assert list(complained(refusal({"email": ["x"]}, status=200))) == []


def test_what_one_worker_reached_is_reached():
    one = {"GET /a": {"status": 404, "who": "p", "line": "l"}, "GET /b": {}}
    other = {"GET /a": {"served": {"q": 2}}, "GET /b": {"status": 403, "who": "q", "line": "m"}}
    found = merged(one, other)
    assert found["GET /a"]["served"] == {"q": 2}
    assert "line" not in found["GET /a"]
    assert found["GET /b"] == {"status": 403, "who": "q", "line": "m"}
    again = merged(found, {"GET /a": {"served": {"q": 1, "r": 1}}})
    assert again["GET /a"]["served"] == {"q": 3, "r": 1}


def test_the_report_tells_the_conclusive_from_the_rest():
    outcome = Outcome()
    for label, verdict in (("GET /a", Verdict.PASS), ("GET /b", Verdict.INCONCLUSIVE)):
        outcome.rows["FUZ101", label] = VerdictRow("FUZ101", label, verdict, "why")
    outcome.facts["attained"] = {
        "GET /a": {"served": {"p": 1}},
        "GET /b": {"status": 422, "who": "p", "fields": ["n"], "line": "body = …"},
        "GET /c": {"shut": "excluded"},
        "GET /d": {"line": "never asked"},
    }
    rows = attained(outcome)
    assert share(rows) == (1, 3)
    assert [each.operation for each in missed(rows)] == ["GET /b"]
    said = as_json(rows)["operations"]
    assert said["GET /a"] == {"reached": True, "by": ("p",), "conclusive": ("FUZ101",)}
    assert said["GET /b"]["reason"] == "422 to `p`, about `n`"
    assert said["GET /b"]["line"] == "body = …"
    assert said["GET /c"]["shut"] == "excluded"


def test_what_slowed_any_worker_is_kept():
    outcome = Outcome()
    for said in ("", "429 to 2 requests", "429 to 2 requests", "429 to 1 request", ""):
        outcome.add_facts({"exchanges": 1, "slowed": said})
    assert outcome.facts["slowed"] == "429 to 2 requests; 429 to 1 request"
    assert outcome.facts["exchanges"] == 5
