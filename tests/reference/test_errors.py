"""Each refusal in the document can be met: it is provoked on every operation that has it."""

from contextlib import contextmanager

import pytest
import sqlalchemy
from sqlalchemy.exc import OperationalError

from tests.reference import asking
from tests.reference.described import described, operations
from tests.reference.live import running, settings

DOCUMENT = described()
RANK = "Your role does not allow this."
ORIGIN = "This origin is not allowed."
# What is looked for is in the body, and optional.
IN_BODY = {"chat", "streamChat", "presignAgentInput"}
# Counted are wrong codes of one user: tests/reference/test_mfa.py gives them.
COUNTED_ELSEWHERE = {"completeMfa"}


def having(status, *, about=None):
    """The operations with `status`, said so where `about` is given, as a test's parameters."""
    found = [
        pytest.param((path, method, operation), id=operation["operationId"])
        for path, method, operation in operations(DOCUMENT)
        if status in operation["responses"]
        and about in (None, operation["responses"][status]["description"])
        and (status != "429" or operation["operationId"] not in COUNTED_ELSEWHERE)
    ]
    assert found
    return pytest.mark.parametrize("place", found)


def ask(live, place, **how):
    return asking.ask(live, DOCUMENT, place, **how)


def refused(answer, status):
    assert answer.status_code == status, answer.text
    problem = answer.json()
    assert problem["status"] == status
    return problem


@having("401")
def test_nobody_is_let_in_unknown(live, place):
    # Where no credential is asked for, it is what the body says that is not believed.
    without = {"X-API-Key": "", "Authorization": ""} if place[2]["security"] else {}
    refused(ask(live, place, headers=without), 401)


@pytest.fixture(scope="module")
def lowly(live):
    """The header of a service that may do one thing only."""
    body = {"name": "lowly", "scopes": ["status:manage"], "ttl_seconds": 600}
    made = live.call("operator", "POST", "/api/v1/auth/service-accounts/issue", json=body)
    assert made.status_code == 201, made.text
    return {"Authorization": f"Bearer {made.json()['access_token']}"}


@having("403", about=RANK)
def test_a_low_role_or_a_narrow_scope_is_refused(live, lowly, place):
    answer = ask(live, place, who="carol")
    if answer.status_code != 403:  # her role is enough, but a service may have been given less
        answer = ask(live, place, headers=lowly)
    refused(answer, 403)


@having("403", about=ORIGIN)
def test_a_foreign_origin_is_refused(live, place):
    refused(ask(live, place, headers={"Origin": "https://evil.test"}), 403)


@having("404")
def test_what_is_not_there_is_not_found(live, place):
    path, _, operation = place
    name = operation["operationId"]
    how = asking.prepared(live, name, gone=True)
    if name in IN_BODY:
        how["body"] = asking.body_of(DOCUMENT, operation) | {"conversation_id": asking.UNKNOWN}
    by_operators = path.startswith(("/api/v1/status", "/api/v1/auth/signup"))
    refused(ask(live, place, who="operator" if by_operators else "alice", **how), 404)


@having("422")
def test_what_does_not_fit_the_schema_is_refused(live, place):
    operation = place[2]
    parameters = operation.get("parameters", [])
    inside = {each["name"]: "!" for each in parameters if each["in"] == "path"}
    if "application/json" in operation.get("requestBody", {}).get("content", {}):
        how = {"body": []}
    elif inside:
        how = {"values": inside}
    else:
        how = {"params": {each["name"]: ["", ""] for each in parameters if each["in"] == "query"}}
        long = {each["name"]: "!" * 501 for each in parameters if each["in"] == "header"}
        how |= {"headers": long} if long else {}
    assert refused(ask(live, place, who="operator", **how), 422)["errors"]


@having("400")
def test_what_is_no_json_is_refused(live, place):
    typed = {"Content-Type": "application/json"}
    refused(ask(live, place, who="operator", content=b"{", headers=typed), 400)


@having("415")
def test_another_media_type_is_refused(live, place):
    how = asking.prepared(live, place[2]["operationId"])
    how |= {"content": b"{}", "headers": {"Content-Type": "text/plain"}}
    refused(ask(live, place, who="operator", **how), 415)


@pytest.fixture(scope="module")
def small():
    """A service that takes small bodies only."""
    with running(settings(max_body=600)) as found:
        yield found


@having("413")
def test_too_large_a_body_is_refused(small, place):
    (media_type,) = place[2]["requestBody"]["content"]
    typed = {"Content-Type": media_type}
    how = asking.prepared(small, place[2]["operationId"])
    how |= {"content": b'"' + b"a" * 5000 + b'"', "headers": typed}
    refused(ask(small, place, who="operator", **how), 413)


@pytest.fixture(scope="module")
def patient():
    """A service that is asked once a minute."""
    with running(settings(rate_limit=1, auth_rate_limit=1, contact_rate_limit=1)) as found:
        found.auth("alice")
        yield found


@having("429")
def test_too_many_requests_are_refused(patient, place):
    # The minute may end between two of them, not between three.
    answers = [ask(patient, place) for _ in range(3)]
    many = next(each for each in answers if each.status_code == 429)
    refused(many, 429)
    assert int(many.headers["Retry-After"]) >= 1


@contextmanager
def away(live):
    """While it lasts, no connection of the service's pool can be had."""

    def refuse(*_):
        raise OperationalError("", None, ConnectionError("the database is away"))

    engine = live.app.state.platform.database.engine
    sqlalchemy.event.listen(engine, "checkout", refuse)
    try:
        yield
    finally:
        sqlalchemy.event.remove(engine, "checkout", refuse)


@pytest.mark.parametrize(
    "place", [pytest.param(each, id=each[2]["operationId"]) for each in operations(DOCUMENT)]
)
def test_without_its_database_it_says_so_where_it_needs_one(live, place):
    operation = place[2]
    live.auth("alice")
    how = asking.prepared(live, operation["operationId"])
    with away(live):
        answer = ask(live, place, **how)
    if "503" in operation["responses"]:
        refused(answer, 503)
        assert answer.headers["Retry-After"]
    else:
        assert answer.status_code == 200
