"""A conversation over a WebSocket is judged by what the document says, and by nothing else."""

import json
from dataclasses import replace

import pytest

from troth.checks.frames import conversation
from troth.exchange import Exchange, Frame, Request, Response
from troth.minimal import check_expectation, unfinished
from troth.spec.load import load
from troth.spec.validity import Validity

TYPED = {"type": "object", "required": ["type"], "properties": {"n": {"type": "integer"}}}
SPEC = load(
    {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/ws": {
                "x-websocket": {
                    "receive": dict.fromkeys(("begin", "end", "note"), TYPED),
                    "order": "(begin end)*",
                    "anytime": ["note"],
                    "closes": {"4000": "Enough."},
                    "refusals": {"401": "Who?", "5XX": "Later."},
                }
            }
        },
    }
)
(SOCKET,) = SPEC.sockets


def heard(*values):
    return tuple(
        value if isinstance(value, Frame) else Frame("text", json.dumps(value).encode())
        for value in values
    )


def typed(*types):
    return heard(*({"type": each} for each in types))


def talk(frames=(), status=101):
    request = Request("GET", "http://localhost/ws")
    return Exchange(1, "a", "WS /ws", request, Response(status), frames=tuple(frames))


def roots(exchange, socket=SOCKET):
    found = conversation(exchange, socket, Validity(SPEC))
    assert {each.property for each in found} <= {"FUZ113"}
    return [each.root for each in found]


def closed(code, *, sent=False):
    return Frame("close", b"", sent=sent, code=code)


@pytest.mark.parametrize(
    "frames",
    [
        (),
        typed("begin", "end", "begin"),
        typed("note", "begin", "note", "end"),
        heard({"type": "begin", "n": 1, "more": []}, Frame("text", b"{}", sent=True)),
        (*typed("begin"), closed(4000)),
        *((closed(code),) for code in (1000, 1001, 1005)),
        (closed(1009, sent=True),),
    ],
)
def test_what_is_described_is_not_complained_of(frames):
    assert roots(talk(frames)) == []


@pytest.mark.parametrize(
    ("frames", "root"),
    [
        (typed("end"), "a `end` frame of WS /ws comes first"),
        (typed("begin", "note", "begin"), "a `begin` frame of WS /ws comes after `note`"),
        (typed("other", "other"), "a frame of WS /ws is of no documented type"),
        (heard({"type": ["begin"]}), "a frame of WS /ws has no type"),
        (heard([1]), "a frame of WS /ws has no type"),
        (heard(Frame("text", b"{")), "a frame of WS /ws is no JSON"),
        (heard(Frame("binary", b"{}")), "a binary frame of WS /ws"),
        (
            heard({"type": "begin", "n": "1"}),
            "`begin` frames of WS /ws: type: string for integer at /n",
        ),
        ((closed(4001),), "WS /ws closes with 4001, undocumented"),
        ((closed(1006),), "WS /ws drops the connection without a close frame"),
        ((closed(1007, sent=True),), "frames of WS /ws are no UTF-8"),
    ],
)
def test_what_is_not_described_is_complained_of_once(frames, root):
    assert roots(talk(frames)) == [root]


def test_a_refusal_must_be_documented_where_any_is():
    for status in (401, 503):
        assert roots(talk(status=status)) == []
    assert roots(talk(status=418)) == ["WS /ws refuses a handshake with 418, undocumented"]
    assert roots(talk(status=418), replace(SOCKET, refusals=None)) == []


def test_nothing_is_held_against_what_the_document_does_not_speak_of():
    silent = replace(SOCKET, receives=None, closes=None)
    assert roots(talk((*heard([1], Frame("binary", b"\xff")), closed(4001))), silent) == []
    assert roots(replace(talk(typed("end")), frames=None)) == []
    assert roots(talk(typed("end")), None) == []


def test_expectations_are_of_the_first_frames():
    exchange = talk(typed("begin", "end"))
    assert check_expectation({"status": 101, "events": ["begin"]}, exchange) is None
    assert check_expectation({"events": ["end"]}, exchange) == (
        'the first events are ["begin"] instead of ["end"]'
    )
    assert check_expectation({"last-data": '{"type": "end"}'}, exchange) is None
    wanted = {"events": ["begin", "end", "begin"]}
    assert unfinished(wanted, exchange)
    assert not unfinished(wanted, replace(exchange, frames=(*exchange.frames, closed(1000))))
    assert not unfinished(wanted, talk(status=401))
