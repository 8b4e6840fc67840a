"""A conversation over a real socket: what is said and heard, and every way in which it may end."""

import threading
from contextlib import contextmanager

import pytest
from websockets.exceptions import ConnectionClosed
from websockets.frames import Frame as Wired
from websockets.frames import Opcode
from websockets.sync.server import serve

from troth.case import Script
from troth.evidence.record import from_json, to_json
from troth.exchange import Breakage, Frame, Request
from troth.redaction import Redactor
from troth.spec.load import load
from troth.transport.bounded import Bounds
from troth.transport.exclude import exclusions
from troth.transport.http import Wire
from troth.transport.record import NotSent, Recorder

SAY = (Frame("text", b"one", sent=True), Frame("binary", b"\x00", sent=True))
BOUNDS = Bounds(idle=5.0)


@contextmanager
def serving(handler):
    server = serve(handler, "127.0.0.1", 0)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.socket.getsockname()[1]}"
    finally:
        server.shutdown()
        thread.join()


def asked(url, script, *, headers=(), bounds=BOUNDS, timeout=20.0, **options):
    with Wire() as wire:
        recorder = Recorder(wire, url, bounds=bounds, timeout=timeout, **options)
        request = Request("GET", f"{url}/talk?x=1", headers)
        return recorder.send(request, principal="a", operation="WS /talk", script=script)


def heard(count):
    return lambda frames: sum(not each.sent for each in frames) >= count


def echo(connection):
    for message in connection:
        connection.send(message)


def test_what_is_said_and_heard_is_recorded_as_it_went_out():
    seen = []

    def handler(connection):
        seen.append(connection.request)
        echo(connection)

    with serving(handler) as url:
        script = Script(SAY, awaited=2, enough=heard(2))
        found = asked(url, script, headers=(("X-Key", "a-secret-of-mine"), ("Host", "other")))
    assert found.ok
    assert found.frames == (*SAY, Frame("text", b"one"), Frame("binary", b"\x00"))
    assert found.response.header("upgrade") == "websocket"
    assert seen[0].path == "/talk?x=1"
    assert list(seen[0].headers.raw_items()) == list(found.request.headers)
    assert found.request.header("x-key") == "a-secret-of-mine"


def test_secrets_in_frames_stay_here_and_the_record_is_read_back():
    with serving(echo) as url:
        said = (Frame("text", b'{"t": "a-secret-of-mine"}', sent=True), SAY[1])
        found = asked(url, Script(said, awaited=2, enough=heard(2)))
    record = to_json(found, Redactor(["a-secret-of-mine"]))
    assert "a-secret-of-mine" not in str(record)
    assert [each["sent"] for each in record["frames"]] == [True, True, False, False]
    back = from_json(to_json(found, Redactor()))
    assert back == from_json(to_json(back, Redactor()))
    assert back.frames == found.frames
    assert back.ok


@pytest.mark.parametrize(
    ("end", "frame"),
    [
        (lambda each: each.close(4001, "enough"), Frame("close", b"enough", code=4001)),
        (lambda each: each.socket.shutdown(2), Frame("close", code=1006)),
        (
            lambda each: each.socket.sendall(Wired(Opcode.TEXT, b"\xff").serialize(mask=False)),
            Frame("close", sent=True, code=1007),
        ),
        (
            lambda each: each.socket.sendall(Wired(Opcode.TEXT, b"x").serialize(mask=True)),
            Frame("close", sent=True, code=1002),
        ),
        (lambda each: each.send("x" * 2000), Frame("close", sent=True, code=1009)),
    ],
)
def test_how_it_ended_is_the_last_frame(end, frame):
    def handler(connection):
        connection.recv()
        end(connection)
        try:
            connection.recv()
        except ConnectionClosed:
            return

    with serving(handler) as url:
        found = asked(url, Script(SAY[:1], awaited=1), bounds=Bounds(idle=5.0, max_body=1000))
    assert found.status == 101
    assert found.frames == (SAY[0], frame)


def test_silence_is_waited_for_once():
    with serving(list) as url:
        found = asked(url, Script(SAY[:1], awaited=5), bounds=Bounds(idle=0.05))
        assert found.frames == SAY[:1]
        assert asked(url, Script()).frames == ()


def test_a_refusal_is_a_response(answering):
    peer = answering(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\nX-A: b\r\n\r\nno")
    found = asked(peer.url, Script(SAY))
    assert (found.status, found.response.body, found.frames) == (403, b"no", ())
    assert found.response.header("x-a") == "b"
    assert not found.ok


@pytest.mark.parametrize(
    ("answer", "breakage"),
    [
        (b"", Breakage.DROPPED),
        (b"nonsense\r\n\r\n", Breakage.GARBAGE),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", Breakage.GARBAGE),
    ],
)
def test_what_is_no_answer_is_a_breakage(answering, answer, breakage):
    found = asked(answering(answer).url, Script())
    assert (found.response, found.breakage) == (None, breakage)


def test_who_does_not_answer_and_who_is_not_there(peer):
    hanging = peer(lambda self, conn, _: (self.read(conn), conn.recv(1)))
    assert asked(hanging.url, Script(), timeout=0.2).breakage is Breakage.TIMEOUT
    assert asked("http://127.0.0.1:1", Script()).breakage is Breakage.UNREACHABLE


def test_an_excluded_socket_is_not_opened_and_its_namesake_is():
    item = {
        "get": {"responses": {"200": {"description": ""}}},
        "x-websocket": {"operationId": "talk"},
    }
    info = {"title": "t", "version": "1"}
    spec = load({"openapi": "3.1.0", "info": info, "paths": {"/talk": item}})
    with serving(echo) as url:
        with pytest.raises(NotSent, match="WS /talk was not sent: it is excluded"):
            asked(url, Script(), exclude=exclusions(["talk"], spec, url))
        assert asked(url, Script(), exclude=exclusions(["GET /talk"], spec, url)).ok


def test_away_from_this_machine_nothing_is_said_without_leave():
    with pytest.raises(NotSent, match="writes there need"):
        asked("http://service.invalid", Script(SAY))
    assert asked("http://service.invalid", Script()).breakage is Breakage.UNREACHABLE
