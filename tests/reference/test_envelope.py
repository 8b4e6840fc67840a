"""Every error, of whatever kind, has the one documented shape; over a real socket."""

import json
import socket

import pytest
from fastapi import APIRouter

from tests.reference.live import Live, running, settings
from troth.reference.problems import KINDS, Problem

UNKNOWN = "00000000-0000-4000-8000-000000000000"
C = "/api/v1/conversations"


def assert_problem(answer, status: int) -> dict[str, object]:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = Problem.model_validate(answer.json())
    assert problem.status == status
    assert problem.code == KINDS[status][0]
    assert problem.correlation_id == answer.headers["x-correlation-id"]
    return answer.json()


def post(live: Live, content: bytes | str, path: str = C, **headers: str):
    headers = {"Content-Type": "application/json", **live.auth("alice"), **headers}
    return live.client.post(path, content=content, headers=headers)


@pytest.mark.parametrize(
    "body",
    [
        b'{"display_name": ',
        b'{"display_name": NaN}',
        b'{"display_name": Infinity}',
        b'{"display_name": "a", "display_name": "b"}',
        b'{"display_name": "\xff\xfe"}',
        b"\xef\xbb\xbf{}",
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000,
        b"nonsense",
    ],
)
def test_malformed_bodies_are_400(live, body):
    assert_problem(post(live, body), 400)


@pytest.mark.parametrize(
    "body",
    [
        b"[]",
        b"[1]",
        b"null",
        b'"text"',
        b"{}",
        b"",
        b'{"display_name": null}',
        b'{"display_name": 1}',
        b'{"display_name": ""}',
        b'{"display_name": " blank first"}',
        b'{"display_name": "a\\u0000b"}',
        b'{"display_name": "a\\ud800b"}',
        b'{"display_name": "\\n"}',
        b'{"display_name": "ok", "owner": "bob"}',
        b'{"display_name": "ok", "\\ud800": 1}',
        json.dumps({"display_name": "x" * 100_000}).encode(),
    ],
)
def test_invalid_bodies_are_422_and_name_a_field(live, body):
    problem = assert_problem(post(live, body), 422)
    assert problem["errors"]
    assert "bob" not in json.dumps(problem)


@pytest.mark.parametrize("value", ["false", '"1"', "1.5", "1e400", str(2**63), str(10**30), "0"])
def test_integers_are_integers_and_bounded(live, value):
    body = (
        '{"name":"Acme","support_email":null,"locale":"en","allow_memory":true,'
        f'"retention_days":{value}}}'
    )
    headers = {"Content-Type": "application/json", **live.auth("alice")}
    answer = live.client.put("/api/v1/tenants/settings", content=body, headers=headers)
    assert assert_problem(answer, 422)["errors"][0]["field"] == "retention_days"


def test_an_integral_float_is_an_integer(live):
    body = (
        '{"name":"Acme","support_email":null,"locale":"en","allow_memory":true,'
        '"retention_days":30.0}'
    )
    headers = {"Content-Type": "application/json", **live.auth("alice")}
    answer = live.client.put("/api/v1/tenants/settings", content=body, headers=headers)
    assert answer.status_code == 200
    assert answer.json()["retention_days"] == 30


@pytest.mark.parametrize("kind", ["text/plain", "application/xml", "application/json; charset=x"])
def test_other_media_types_are_415(live, kind):
    assert_problem(post(live, b"{}", **{"Content-Type": kind}), 415)


def test_a_body_too_large_is_413_whether_announced_or_not(live):
    large = b'{"display_name": "' + b"x" * (1024 * 1024) + b'"}'
    assert_problem(post(live, large), 413)
    headers = {"Content-Type": "application/json", **live.auth("alice")}
    pieces = iter([large[:1000], large[1000:]])
    assert_problem(live.client.post(C, content=pieces, headers=headers), 413)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=101",
        "limit=+1",
        "limit=%201",
        "limit=1.0",
        "limit=1_0",
        "limit=",
        "limit=%EF%BC%91",
        "limit=1&limit=1",
        "offset=-1",
        "offset=99999999999999999999",
        "cursor=bad",
        "cursor=%00",
        "cursor=%FF",
        "cursor=" + "x" * 60_000,
        "limit=" + "1" * 5000,
    ],
)
def test_bad_queries_are_422_and_name_the_parameter(live, query):
    problem = assert_problem(live.call("alice", "GET", f"{C}?{query}"), 422)
    assert problem["errors"][0]["field"] == query.partition("=")[0]
    assert problem["errors"][0]["location"] == "query"


@pytest.mark.parametrize(
    "id_", ["x", "0" * 32, "{" + UNKNOWN + "}", UNKNOWN + "%0A", "%FF", "%00", "x" * 60_000]
)
def test_ids_that_are_none_are_422(live, id_):
    problem = assert_problem(live.call("alice", "GET", f"{C}/{id_}"), 422)
    assert problem["errors"][0]["field"] == "conversation_id"


@pytest.mark.parametrize("path", ["/", "/nothing", f"{C}/", f"{C}/a%2Fb", f"{C}/{UNKNOWN}/x"])
def test_unknown_paths_are_404(live, path):
    assert_problem(live.client.get(path), 404)


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", C, "GET, HEAD, POST"),
        ("DELETE", f"{C}/search", "GET, HEAD"),
        ("POST", f"{C}/{UNKNOWN}", "DELETE, GET, HEAD"),
        ("PATCH", "/api/v1/users/me", "GET, HEAD"),
        ("OPTIONS", "/api/v1/tenants/settings", "GET, HEAD, PUT"),
        ("GET", "/api/v1/auth/token", "POST"),
        ("HEAD", "/api/v1/auth/token", "POST"),
        ("BREW", "/health", "GET, HEAD"),
    ],
)
def test_undefined_methods_are_405_with_exact_allow(live, method, path, allow):
    answer = live.client.request(method, path)
    assert answer.headers["allow"] == allow
    if method == "HEAD":
        assert answer.status_code == 405
    else:
        assert_problem(answer, 405)


def test_head_answers_as_get_without_a_body(live):
    for path in ("/health", C):
        got = live.call("alice", "GET", path)
        head = live.call("alice", "HEAD", path)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]


def test_a_fault_of_ours_is_a_500_that_tells_nothing_and_keeps_the_connection():
    router = APIRouter()

    @router.get("/fault")
    def fault() -> None:
        message = "secret-in-the-message"
        raise RuntimeError(message)

    with running(settings(seed=False), extra=(router,)) as live:
        with socket.create_connection(live.address) as wire:
            reader = wire.makefile("rb")
            for path, status in (("/fault", 500), ("/health", 200)):
                wire.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
                assert int(reader.readline().split()[1]) == status
                length = 0
                while (line := reader.readline()) != b"\r\n":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                body = reader.read(length)
                assert b"secret" not in body
                assert b"Traceback" not in body
        assert_problem(live.client.get("/fault"), 500)


def test_a_request_that_is_not_http_gets_the_envelope_too(live):
    with socket.create_connection(live.address) as wire:
        wire.sendall(b"GET /health HTTP/1.1\r\nHost: x\r\nBad\x00Name: 1\r\n\r\n")
        answer = wire.makefile("rb").read()
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 400 ")
    assert Problem.model_validate_json(body).code == "malformed_body"


@pytest.mark.parametrize("value", ["plain-and-long-enough", "x" * 64, "12345678"])
def test_a_well_formed_correlation_id_is_kept(live, value):
    answer = live.client.get("/health", headers={"X-Correlation-Id": value})
    assert answer.headers["x-correlation-id"] == value


@pytest.mark.parametrize(
    "value", [b"short", b"x" * 65, b"a b c d e f", b"caf\xe9-latte", b'"<x>"aa']
)
def test_any_other_is_replaced(live, value):
    answer = live.client.get("/nothing", headers=[(b"X-Correlation-Id", value)])
    assert answer.headers["x-correlation-id"].encode("latin-1") != value
    assert_problem(answer, 404)


def test_an_undeclared_field_is_named_only_if_it_looks_like_a_name(live):
    token = live.auth("alice")["Authorization"].removeprefix("Bearer ")
    answer = post(live, json.dumps({"display_name": "x", token: 1}))
    assert token not in answer.text
    assert assert_problem(answer, 422)["errors"][0]["field"] == "(unnamed)"


def test_a_database_that_is_gone_is_503_and_not_ready(tmp_path):
    with running(settings(seed=False, database_url=f"sqlite:///{tmp_path}/x.db")) as live:
        assert live.client.get("/health/ready").status_code == 200
        live.app.state.platform.database.engine.dispose()
        (tmp_path / "x.db").unlink()
        (tmp_path / "x.db").mkdir()
        answer = live.client.get("/health/ready")
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "1"
        body = {"email": "a@b.test", "password": "x"}
        assert_problem(live.client.post("/api/v1/auth/token", json=body), 503)
        assert live.client.get("/health").status_code == 200
