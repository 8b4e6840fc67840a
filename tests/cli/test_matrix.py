"""The smoke matrix: a state for every operation, and minimal assertions that are checked."""

import json

import pytest

from troth.config.file import TargetFile
from troth.exchange import Breakage, Exchange, Request, Response
from troth.matrix import Row, State, as_json, incomplete, rows
from troth.minimal import check_expectation, unfinished
from troth.spec.operation import BrokenOperation, Operation, ResponseSpec, Spec


def operation(label, *, id=None, tags=(), statuses=("200", "404")):
    method, path = label.split()
    responses = {status: ResponseSpec(status, {}, {}) for status in statuses}
    return Operation(label, method, path, id, tags, (), None, responses, (), deprecated=False)


def spec(*operations, broken=()):
    return Spec("t", "1", "3.1.0", "", "", {}, operations, broken, {})


FILE = TargetFile.model_validate(
    {
        "target": {"exclude": ["wipe"]},
        "operations": {
            "GET /things": {"expect": {"status": 200, "/items": "list"}},
            "getGone": {"expect": {"status": 200}},
            "PUT /gone": {},
        },
        "gates": {"billing": {"env": "BILLING", "tags": ["money"], "reason": "needs a provider"}},
    }
)
SPEC = spec(
    operation("GET /things", id="listThings"),
    operation("POST /things", statuses=("201", "default")),
    operation("POST /wipe", id="wipe"),
    operation("GET /bills", tags=("money",), statuses=("4XX",)),
    broken=(BrokenOperation("GET /odd", "/paths/~1odd/get", "no responses"),),
)


def test_every_operation_has_a_row_and_a_state():
    found = rows(SPEC, FILE, {"GET /things": ("FUZ101", "FUZ103")}, {})
    assert [(row.operation, str(row.state)) for row in found] == [
        ("GET /things", "covered"),
        ("POST /things", "missing"),
        ("POST /wipe", "gated"),
        ("GET /bills", "gated"),
        ("GET /odd", "missing"),
        ("getGone", "disabled"),
        ("PUT /gone", "disabled"),
    ]
    assert found[0].assertion == "status 200, /items: list"
    assert found[1].assertion == "status 201"
    assert found[2].gate == "exclude"
    assert found[3].gate == "BILLING"
    assert "needs a provider" in found[3].reason
    assert found[3].assertion == "any 2xx"
    assert found[5].reason == "not in the document: router disabled, or renamed"
    assert incomplete(found)
    assert json.loads(json.dumps(as_json(found)))[0]["covered_by"] == ["FUZ101", "FUZ103"]


def test_an_open_gate_is_no_gate():
    covering = dict.fromkeys(["GET /things", "POST /things", "GET /bills", "GET /odd"], ("FUZ101",))
    found = rows(SPEC, FILE, covering, {"BILLING": "1"})
    assert found[3] == Row("GET /bills", ("FUZ101",), "any 2xx", "BILLING", State.COVERED)
    assert found[4].state is State.COVERED
    assert not incomplete(found)


def answered(body, status=200):
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    answer = Response(status, (("content-type", "application/json"),), content)
    return Exchange(1, "alice", None, Request("GET", "http://h/"), answer)


BODY = {"items": [{"id": 1}], "n": 0, "yes": True, "none": None, "a/b": "list", "text": "x"}


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({}, None),
        ({"status": 200}, None),
        ({"status": "2XX"}, None),
        ({"status": [201, 200]}, None),
        ({"status": 201}, "status 200 instead of 201"),
        ({"status": ["4xx", 500]}, "status 200 instead of 4xx or 500"),
        ({"/items": "list", "": "object", "/items/0": "object", "/items/0/id": 1}, None),
        ({"/n": "number", "/yes": "boolean", "/text": "string", "/none": "present"}, None),
        ({"/n": 0, "/yes": True, "/none": None, "/items": [{"id": 1}]}, None),
        ({"/a~1b": {"equals": "list"}}, None),
        ({"/items": "object"}, "`/items` is a list, not a object"),
        ({"/yes": "number"}, "`/yes` is a boolean, not a number"),
        ({"/n": False}, "`/n` is 0 instead of false"),
        ({"/text": "y"}, '`/text` is "x" instead of "y"'),
        ({"/none": "string"}, "`/none` is null, not a string"),
        ({"text": "x"}, "`text` is no JSON pointer; write `/text`"),
    ],
)
def test_expectations(expect, complaint):
    assert check_expectation(expect, answered(BODY)) == complaint


def sent(body):
    request = Request("POST", "http://h/things/7?tag=list", body=json.dumps(body).encode())
    answer = Response(200, (("content-type", "application/json"),), json.dumps(SHOWN).encode())
    return Exchange(1, "alice", None, request, answer)


SHOWN = {"id": 7, "name": "string", "tags": ["list"], "price": "7"}


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"/id": "$request.path.thing_id", "/name": "$request.body#/name"}, None),
        ({"/tags/0": "$request.query.tag"}, None),
        ({"/price": "$request.body#/price"}, '`/price` is "7" instead of 7'),
        ({"/name": "$request.path.thing_id"}, '`/name` is "string" instead of "7"'),
    ],
)
def test_an_answer_is_compared_with_what_was_sent(expect, complaint):
    exchange = sent({"name": "string", "price": 7})
    assert check_expectation(expect, exchange, path_values={"thing_id": "7"}) == complaint


def test_what_was_not_sent_is_no_comparison():
    said = check_expectation({"/id": "$request.body#/id"}, sent({"name": "x"}))
    assert said.startswith("nothing to compare `/id` with: ")


def test_an_absent_member_is_named():
    assert check_expectation({"/items/7/id": 1}, answered(BODY)).startswith("nothing at `/items/7")


def test_what_is_not_json_has_no_members():
    assert "the body is not JSON" in check_expectation({"/a": 1}, answered(b"<html>"))
    assert check_expectation({"status": 200}, answered(b"<html>")) is None


def test_no_response_meets_no_expectation():
    silent = Exchange(1, "a", None, Request("GET", "http://h/"), breakage=Breakage.TIMEOUT)
    assert check_expectation({}, silent) == "there was no response (timeout)"


def streamed(body, *, truncated=False):
    request = Request("GET", "http://localhost/events")
    headers = (("Content-Type", "text/event-stream"),)
    response = Response(200, headers, body, truncated=truncated)
    return Exchange(1, "alice", "GET /events", request, response)


STREAM = b"event: ping\ndata: {}\n\ndata: [DONE]\n\n"


@pytest.mark.parametrize(
    ("expect", "complaint"),
    [
        ({"status": 200, "events": ["ping"]}, None),
        ({"events": ["ping", "message"], "last-data": "[DONE]"}, None),
        (
            {"events": ["message"]},
            'the first events are ["ping"] instead of ["message"]',
        ),
        ({"last-data": "{}"}, 'the last data is "[DONE]" instead of "{}"'),
    ],
)
def test_what_a_stream_begins_and_ends_with(expect, complaint):
    assert check_expectation(expect, streamed(STREAM)) == complaint


def test_what_is_no_stream_has_no_events():
    said = check_expectation({"events": ["ping"]}, answered(b"{}"))
    assert said.startswith("events were expected, and it came as ")
    assert check_expectation({"last-data": "x"}, streamed(b"")) == (
        'the last data is null instead of "x"'
    )


def test_a_stream_that_was_cut_has_no_last_event():
    assert unfinished({"last-data": "[DONE]"}, streamed(STREAM, truncated=True))
    assert unfinished({"events": ["ping", "message", "a"]}, streamed(STREAM, truncated=True))
    assert not unfinished({"events": ["ping"]}, streamed(STREAM, truncated=True))
    assert not unfinished({"last-data": "x"}, streamed(STREAM))
