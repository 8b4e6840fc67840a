"""What a front end reports is data of our records: it forges no line, and carries no secret."""

import io
import json
import logging

from tests.reference.live import settings
from tests.reference.test_envelope import assert_problem
from troth.reference.app import create_app
from troth.reference.logs import LOGGER, JsonFormatter

PATH = "/api/v1/logs"


def report(live, **entry):
    stream = io.StringIO()
    sink = logging.StreamHandler(stream)
    sink.setFormatter(JsonFormatter())
    before = LOGGER.level
    LOGGER.addHandler(sink)
    LOGGER.setLevel("INFO")
    try:
        given = {"level": "error", "message": "It broke."} | entry
        answer = live.call("carol", "POST", PATH, json={"entries": [given]})
    finally:
        LOGGER.removeHandler(sink)
        LOGGER.setLevel(before)
    assert (answer.status_code, answer.json()) == (202, {"accepted": 1})
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    found = [each for each in lines if each["event"] == "client.reported"]
    assert len(found) == 1
    assert found[0]["correlation_id"] == answer.headers["x-correlation-id"]
    return found[0]


def test_an_entry_is_one_record_of_ours(live):
    forged = 'x\n{"event": "client.reported", "level": "error"}\r\u2028{}'
    record = report(live, message=forged, source="dashboard")
    assert record["level"] == "info"
    assert record["client"] == {"level": "error", "message": forged, "source": "dashboard"}


def test_secrets_do_not_get_through(live):
    token = live.login("carol")["access_token"]
    record = report(
        live,
        message=f"failed with {token}",
        stack="Authorization: Bearer abc.def-123",
        url="https://app.acme.test/in?access_token=abc#code=def",
    )
    assert token not in json.dumps(record)
    assert "abc" not in json.dumps(record)
    assert record["client"]["url"] == "https://app.acme.test/in"


def test_entries_are_bounded_and_of_somebody(live):
    entry = {"level": "info", "message": "x"}
    many = {"entries": [entry] * 51}
    assert_problem(live.call("carol", "POST", PATH, json=many), 422)
    assert_problem(live.call("carol", "POST", PATH, json={"entries": []}), 422)
    long = {"entries": [entry | {"message": "x" * 2001}]}
    assert_problem(live.call("carol", "POST", PATH, json=long), 422)
    assert_problem(live.client.post(PATH, json={"entries": [entry]}), 401)


def test_without_the_setting_there_is_no_such_thing():
    app = create_app(settings(seed=False, log_ingest=False))
    assert PATH not in app.openapi()["paths"]
    app.state.platform.close()
