"""Frames that a WebSocket does not want are written as RFC 6455 says, where they are to be."""

import struct

import pytest
from websockets.frames import OP_PING, OP_TEXT
from websockets.protocol import SERVER, Protocol

from troth.strategies.frames import PINGS, on_the_wire, unwanted

FRAME = b'{"type": "query", "prompt": "Hello"}'


def heard(data, *, most=2**20):
    """What a server's reader makes of the bytes: its events, and the code it closes with."""
    server = Protocol(SERVER, max_size=most)
    server.receive_data(data)
    sent = server.close_sent
    return server.events_received(), None if sent is None else int(sent.code)


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_lengths_of_each_kind(size):
    (frame,), code = heard(on_the_wire(OP_TEXT, b"x" * size))
    assert (frame.opcode, len(frame.data), code) == (OP_TEXT, size, None)


def test_each_kind_once():
    kinds = [each.kind for each in unwanted(FRAME)]
    assert len(set(kinds)) == len(kinds)
    assert len(list(unwanted(None))) == len(kinds) - 2, "there is nothing to say in pieces"


@pytest.mark.parametrize("each", [each for each in unwanted(FRAME) if each.served])
def test_what_is_served_is_sound(each):
    (sent,) = each.frames
    frames, code = heard(sent.data)
    assert code is None
    assert b"".join(frame.data for frame in frames if frame.opcode != OP_PING) == FRAME
    assert sum(frame.opcode == OP_PING for frame in frames) in {0, PINGS}


@pytest.mark.parametrize(
    "each",
    [each for each in unwanted(FRAME) if each.frames[0].kind == "broken"],
    ids=lambda each: each.kind,
)
def test_what_is_broken_is_refused_by_a_reader_that_reads_right(each):
    assert heard(each.frames[0].data)[1] == 1002


def test_a_length_that_no_frame_has_is_too_big_at_once():
    (frame,) = [each for each in unwanted(FRAME) if "2^62" in each.kind]
    assert struct.unpack("!Q", frame.frames[0].data[2:10]) == (1 << 62,)
    assert heard(frame.frames[0].data)[1] == 1009
