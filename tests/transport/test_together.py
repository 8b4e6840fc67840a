"""Requests that are sent at once: all under way before any is answered, recorded in order."""

import threading

import pytest

from troth.exchange import Breakage, Request
from troth.transport.record import NotSent, Recorder
from troth.transport.together import Sending, together

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def sending(url, **options):
    return Sending(Request("POST", url, (), b"{}"), "alice", "POST /x", **options)


def test_all_are_under_way_before_any_is_answered(wire, peer):
    meeting = threading.Barrier(4, timeout=30)

    def script(self, conn, number):
        self.read(conn)
        meeting.wait()  # who would send one after the other never gets here
        conn.sendall(OK)

    speaker = peer(script)
    seen = []
    recorder = Recorder(wire, speaker.url, sinks=[seen.append])
    found = together(recorder, [[sending(speaker.url)] for _ in range(4)])
    assert [each.exchange.status for lane in found for each in lane] == [200] * 4
    assert [each.number for each in seen] == [1, 2, 3, 4]
    assert {each.together for each in seen} == {1}
    assert speaker.connections == 4
    latest_start = max(lane[0].began for lane in found)
    assert latest_start <= min(lane[0].ended for lane in found)


def test_a_lane_sends_its_own_one_after_the_other(wire, answering):
    peer, seen = answering(OK), []
    recorder = Recorder(wire, peer.url, sinks=[seen.append])
    lanes = [[sending(peer.url), sending(peer.url)], [sending(peer.url)]]
    found = together(recorder, lanes)
    assert [[each.exchange.number for each in lane] for lane in found] == [[1, 3], [2]]
    assert found[0][0].ended <= found[0][1].began
    assert [each.number for each in seen] == [1, 2, 3]


def test_who_gets_no_answer_holds_nobody_up(wire, peer):
    def script(self, conn, number):
        if b"/dies" not in self.read(conn):
            conn.sendall(OK)

    speaker = peer(script)
    recorder = Recorder(wire, speaker.url)
    found = together(recorder, [[sending(f"{speaker.url}/dies")], [sending(speaker.url)]])
    assert found[0][0].exchange.breakage is Breakage.DROPPED
    assert found[0][0].ended == float("inf")
    assert found[1][0].exchange.status == 200


def test_what_may_not_be_sent_is_said_before_anything_is(wire, answering):
    peer = answering(OK)
    recorder = Recorder(wire, peer.url)
    with pytest.raises(NotSent):
        together(recorder, [[sending(peer.url)], [sending("http://127.0.0.1:1")]])
    assert peer.requests == []
