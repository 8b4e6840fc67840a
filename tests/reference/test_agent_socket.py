"""The WebSocket: refused by a plain answer, then frames in order, and closes that carry a code."""

import json
import logging
import socket
from contextlib import suppress

import jsonschema_rs
import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.frames import Frame, Opcode
from websockets.sync.client import connect

from tests.reference.agents import Gated, S, asked, assert_order, session, single
from tests.reference.live import KEYS, running, settings
from tests.reference.test_envelope import UNKNOWN
from troth.reference.problems import Problem

PATH = "/api/v1/query/ws"
ORIGIN = "https://app.example.test"


@pytest.fixture(scope="module")
def service():
    with running(settings(cors_origins=[ORIGIN])) as found:
        yield found


@pytest.fixture(scope="module")
def heard_schemas(service):
    """What the document says of each type of frame that is heard."""
    document = service.client.get("/openapi.json").json()
    heard = document["paths"][PATH]["x-websocket"]["receive"]
    return {
        kind: jsonschema_rs.validator_for({**schema, "components": document["components"]})
        for kind, schema in heard.items()
    }


class Spoken:
    """A connection whose every frame is as the document says."""

    def __init__(self, live, schemas, who="alice", **headers):
        given = {"X-API-Key": KEYS[who], **headers}
        url = live.url.replace("http", "ws", 1) + PATH
        self.wire = connect(url, additional_headers=given, max_size=None)
        self.schemas = schemas

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.wire.close()

    def send(self, **frame):
        self.wire.send(json.dumps(frame))

    def hear(self):
        frame = json.loads(self.wire.recv())
        self.schemas[frame["type"]].validate(frame)
        return frame["type"], frame["data"]

    def turn(self, **frame):
        self.send(**frame)
        return self.rest([])

    def rest(self, found):
        while not found or found[-1][0] != "done":
            found.append(self.hear())
        assert_order(found)
        return found

    def drain(self):
        while True:
            self.wire.recv()

    def closed(self):
        """The code that the service closed with."""
        with pytest.raises(ConnectionClosed) as ended:
            self.drain()
        assert ended.value.rcvd is not None, "the connection broke"
        return ended.value.rcvd.code


@pytest.fixture
def speak(service, heard_schemas):
    def begin(who="alice", **headers):
        return Spoken(service, heard_schemas, who, **headers)

    return begin


def test_a_conversation_is_what_it_is_over_event_streams(service, speak):
    with speak() as talk:
        found = talk.turn(type="query", prompt="Hello", edits=[{"path": "a", "content": "b"}])
        streamed = asked(service, edits=[{"path": "a", "content": "b"}])
        assert [kind for kind, _ in found] == [kind for kind, _ in streamed]
        assert found[-2][1]["text"] == streamed[-2][1]["text"]
        id_ = found[0][1]["session_id"]
        waiting = talk.turn(type="resume", session_id=id_, prompt="And?", ask=True)
        assert waiting[-2][1]["status"] == "waiting"
        done = talk.turn(type="answer", session_id=id_, answer="That")
        assert (done[-2][1]["status"], done[-2][1]["turn"]) == ("completed", 2)
        talk.send(type="ping")
        assert talk.hear() == ("pong", {})
    assert session(service, id_)["turn"] == 2


def handshake(live, path=PATH, **headers):
    """The status and problem that a handshake is refused with."""
    with pytest.raises(InvalidStatus) as refused:
        connect(live.url.replace("http", "ws", 1) + path, additional_headers=headers)
    answer = refused.value.response
    problem = Problem.model_validate(json.loads(answer.body))
    assert problem.status == answer.status_code
    assert answer.headers["X-Correlation-Id"] == problem.correlation_id
    return answer


def test_a_handshake_is_refused_by_a_plain_answer(service):
    assert handshake(service).status_code == 401
    assert handshake(service).headers["WWW-Authenticate"].startswith("ApiKey ")
    assert handshake(service, **{"X-API-Key": "wrong"}).status_code == 401
    assert handshake(service, **service.auth("alice")).status_code == 401
    key = {"X-API-Key": KEYS["alice"]}
    for origin in ("https://evil.test", "null", f"{ORIGIN}.evil.test"):
        assert handshake(service, Origin=origin, **key).status_code == 403
    for path in ("/api/v1/query/nowhere", "/api/v1/query", "/", PATH + "/"):
        assert handshake(service, path, **key).status_code == 404


def test_an_allowed_origin_and_a_correlation_id_are_taken(speak):
    with speak(Origin=ORIGIN, **{"X-Correlation-Id": "mine-0123456789"}) as talk:
        assert talk.wire.response.headers["X-Correlation-Id"] == "mine-0123456789"
        assert int(talk.wire.response.headers["RateLimit-Remaining"]) > 0


def test_what_is_no_handshake_is_an_ordinary_request(service):
    headers = {"Connection": "Upgrade", "Upgrade": "websocket", "X-API-Key": KEYS["alice"]}
    wrong = {"Sec-WebSocket-Key": "c2hvcnQ=", "Sec-WebSocket-Version": "13"}
    old = {"Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "8"}
    for more in ({}, wrong, old, old | {"Sec-WebSocket-Version": "13", "X-Long": "x" * 9000}):
        assert service.client.get(PATH, headers=headers | more).status_code == 404
        assert service.client.get("/health", headers=headers | more).status_code == 200
    assert service.client.post(PATH, headers=headers | old).status_code == 404
    assert service.client.request("websocket", PATH).status_code == 404


INVALID = [
    "",
    "nonsense",
    "[]",
    "null",
    "{}",
    '{"type": "unheard"}',
    '{"type": ["query"]}',
    '{"type": "query"}',
    '{"type": "query", "prompt": "x", "extra": 1}',
    '{"type": "query", "prompt": "x", "prompt": "y"}',
    '{"type": "query", "prompt": NaN}',
    '{"type": "query", "prompt": "\\ud800"}',
    '{"type": "resume", "prompt": "x", "session_id": "x"}',
    "[" * 5000,
]


@pytest.mark.parametrize("text", INVALID)
def test_an_invalid_frame_is_refused_and_the_connection_stays(speak, text):
    with speak() as talk:
        talk.wire.send(text)
        kind, told = talk.hear()
        assert (kind, told["code"]) == ("error", "invalid_frame")
        talk.send(type="ping")
        assert talk.hear() == ("pong", {})


def test_too_many_invalid_frames_close(speak):
    with speak() as talk:
        for _ in range(20):
            talk.wire.send("{}")
        assert talk.closed() == 1008


def test_binary_frames_close(speak):
    with speak() as talk:
        talk.wire.send(b"{}")
        assert talk.closed() == 1003


@pytest.mark.parametrize("size", [1024 * 1024 + 1, 8 * 1024 * 1024])
def test_a_frame_that_is_too_large_closes(speak, size):
    with speak() as talk:
        with suppress(ConnectionClosed):  # the close may come before all is sent
            talk.wire.send("x" * size)
        assert talk.closed() == 1009


def test_text_that_is_not_utf8_closes(speak):
    with speak() as talk:
        frame = Frame(Opcode.TEXT, b"\xff\xfe").serialize(mask=True)
        talk.wire.socket.sendall(frame)
        assert talk.closed() == 1007


def test_a_frame_that_is_no_frame_closes(speak):
    with speak() as talk:
        talk.wire.socket.sendall(Frame(Opcode.TEXT, b"{}").serialize(mask=False))
        assert talk.closed() == 1002


def test_a_strangers_session_is_not_there(service, speak):
    id_ = single(service, ask=True)["session_id"]
    before = session(service, id_)
    frames = [
        {"type": "resume", "prompt": "x"},
        {"type": "answer", "answer": "x"},
        {"type": "interrupt"},
    ]
    for frame in frames:
        told = []
        for wanted in (id_, UNKNOWN):
            with speak("bob") as talk:
                talk.send(**frame, session_id=wanted)
                told.append(talk.hear())
                assert talk.closed() == 4404
        assert told[0] == told[1]
        assert told[0][1]["code"] == "not_found"
    assert session(service, id_) == before


def test_one_turn_at_a_time_and_an_interruption_on_the_way(service, speak):
    gated = Gated()
    service.app.state.agent_turns = gated
    try:
        talk = speak()
    finally:
        del service.app.state.agent_turns
    with talk:
        talk.send(type="query", prompt="Go")
        found = [talk.hear(), talk.hear()]
        id_ = found[0][1]["session_id"]
        talk.send(type="query", prompt="Another")
        assert talk.hear()[1]["code"] == "conflict"
        talk.send(type="ping")
        assert talk.hear() == ("pong", {})
        talk.send(type="interrupt", session_id=id_)
        rest = [talk.hear() for _ in range(3)]
        rest.remove(("interrupted", {"session_id": id_, "status": "interrupted"}))
        assert [kind for kind, _ in rest] == ["result", "done"]
        assert rest[0][1]["status"] == "interrupted"
    assert asked(service, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"


@pytest.mark.parametrize("rude", [True, False])
def test_a_turn_whose_connection_goes_is_interrupted(service, speak, rude):
    gated = Gated()
    service.app.state.agent_turns = gated
    try:
        talk = speak()
    finally:
        del service.app.state.agent_turns
    talk.send(type="query", prompt="Go")
    id_ = talk.hear()[1]["session_id"]
    gated.inside.wait()
    if rude:
        talk.wire.socket.shutdown(socket.SHUT_RDWR)
    talk.wire.close()
    while session(service, id_)["status"] == "running":
        pass
    assert session(service, id_)["status"] == "interrupted"
    assert gated.left.wait()


def test_frames_count_and_a_key_that_is_revoked_ends_the_connection(heard_schemas):
    with running(settings(rate_limit=3)) as live:
        with Spoken(live, heard_schemas) as talk:
            for _ in range(2):
                talk.turn(type="query", prompt="x")
            talk.send(type="query", prompt="x")
            assert talk.hear()[1]["code"] == "rate_limited"
            assert handshake(live, **{"X-API-Key": KEYS["alice"]}).status_code == 429
        with Spoken(live, heard_schemas, "bob") as talk:
            database = live.app.state.platform.database
            with database.write() as db:
                db.connection().exec_driver_sql("UPDATE api_keys SET revoked_at = 1")
            talk.send(type="query", prompt="x")
            assert talk.hear()[1]["code"] == "unauthenticated"
            assert talk.closed() == 4401


def test_the_log_has_the_connection_and_neither_key_nor_query(service, speak, caplog):
    with caplog.at_level(logging.DEBUG):
        url = service.url.replace("http", "ws", 1) + PATH + "?api_key=in-the-query"
        with connect(url, additional_headers={"X-API-Key": KEYS["alice"]}) as wire:
            wire.send('{"type": "query", "prompt": "said in confidence"}')
            for message in wire:
                if json.loads(message)["type"] == "done":
                    break
            correlation = wire.response.headers["X-Correlation-Id"]
        while not (found := [r for r in caplog.records if seen(r, correlation)]):
            pass
    facts = found[0].facts
    assert (facts["status"], facts["closed"], facts["route"]) == (101, 1000, PATH)
    ours = [r for r in caplog.records if r.name.startswith(("troth", "uvicorn"))]
    text = "\n".join(f"{r.getMessage()} {getattr(r, 'facts', '')}" for r in ours)
    for secret in (KEYS["alice"], "in-the-query", "said in confidence"):
        assert secret not in text


def seen(record, correlation):
    return getattr(record, "facts", {}).get("correlation_id") == correlation
