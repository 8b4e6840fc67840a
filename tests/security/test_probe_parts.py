"""The pure parts of the probes: ranks, slopes, what is data, what a port is listened at."""

from http.client import HTTPConnection

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.exchange import Exchange, Request, Response
from troth.probes.climbing import UNIX
from troth.probes.entities import _named, _rooted
from troth.probes.injection import wildcards
from troth.probes.listener import Listener, ports, told
from troth.probes.probing import content, yardstick
from troth.probes.ranks import apart, error_rate, slope
from troth.probes.strangers import nobody, told_apart, wrong
from troth.probes.throttle import throttled
from troth.strategies.surface import tells

TIMES = st.lists(st.floats(0.001, 0.002), min_size=20, max_size=20)


def answer(body, status=200, headers=(), elapsed=0.01):
    return Exchange(
        1, "a", "GET /x", Request("GET", "http://h/x"), Response(status, headers, body, elapsed)
    )


@given(TIMES, TIMES)
def test_one_and_the_other_differ_as_much_as_the_other_and_the_one(one, other):
    assert error_rate(one, other) == pytest.approx(error_rate(other, one))
    assert 0 <= error_rate(one, other) <= 1
    assert error_rate(one, one) > 0.9


def test_times_that_never_overlap_differ():
    fast, slow = (
        [0.001 + turn / 1e6 for turn in range(20)],
        [0.1 + turn / 1e6 for turn in range(20)],
    )
    assert error_rate(fast, slow) < 1e-6
    assert apart(slow, fast) == pytest.approx(0.099)


@pytest.mark.parametrize(
    ("power", "low", "high"), [(1, 0.99, 1.01), (2, 1.99, 2.01), (0, -0.1, 0.1)]
)
def test_a_slope_is_the_power(power, low, high):
    sizes = (1024, 2048, 4096, 8192)
    assert low < slope(sizes, [1e-6 * each**power for each in sizes]) < high


@pytest.mark.parametrize(
    ("body", "media_type", "what"),
    [
        (
            b'{"users": [{"name": "a", "password": "pass1"}]}',
            "application/json",
            "secrets: password",
        ),
        (b'{"users": [{"name": "a", "password": "****"}]}', "application/json", ""),
        (b'{"openapi": "3.1.0", "password": "pass1"}', "application/json", ""),
        (b"SECRET_KEY=abc\nDATABASE_URL=postgres://x\n", "text/plain", "an environment"),
        (b"ref: refs/heads/main\n", "text/plain", "a repository"),
        (b"# HELP requests_total All.\nrequests_total 3\n", "text/plain", ""),
        (b'{"status": "UP"}', "application/json", ""),
        (b"<html><input name=password value=secret></html>", "text/html", ""),
    ],
)
def test_data_is_known_from_what_is_public(body, media_type, what):
    assert tells(body, media_type) == what


def test_what_was_sent_is_left_out_of_comparisons():
    first, second = (answer(b'{"id": 1, "q": "%s"}' % each) for each in (b"a'b", b"c'd"))
    assert content(first, "a'b") == content(second, "c'd")
    volatile = yardstick(answer(b'{"id": 1, "at": 2}'), answer(b'{"id": 1, "at": 3}'))
    assert volatile.like(answer(b'{"id": 1, "at": 9}'))
    assert not volatile.like(answer(b'{"id": 2, "at": 2}'))


def test_people_are_told_apart_by_what_does_not_change_by_itself():
    known = [(401, {"m": "no", "at": turn}, frozenset()) for turn in (1, 2)]
    same = [(401, {"m": "no", "at": turn}, frozenset()) for turn in (3, 4)]
    other = [(401, {"m": "who?", "at": turn}, frozenset()) for turn in (3, 4)]
    assert told_apart(known, same) == ""
    assert told_apart(known, other) == "body"
    assert told_apart(known, [(404, *each[1:]) for each in same]) == "status"


@given(st.from_regex(r"[a-z]{5,12}@[a-z]{3,8}\.test", fullmatch=True))
def test_nobody_has_an_address_of_the_same_form(value):
    assert nobody(value) != value
    assert nobody(value).rpartition("@")[2] == value.rpartition("@")[2]
    assert wrong(value) != value


def test_too_often_is_known_by_status_and_by_word():
    first = answer(b'{"m": "wrong"}', 401)
    assert throttled(first, answer(b"", 429))
    assert throttled(first, answer(b'{"m": "too many attempts"}', 401))
    assert not throttled(first, answer(b'{"m": "wrong"}', 401))


def test_a_listener_hears_and_says_what_nobody_sent():
    listener = Listener()
    try:
        token = listener.token()
        assert not listener.heard(token)
        connection = HTTPConnection("127.0.0.1", listener.port, timeout=5)
        connection.request("GET", f"/t/{token}")
        assert connection.getresponse().read().decode() == told(token)
        connection.close()
        assert listener.heard(token, 1)
        assert ports(f'{{"url": "{listener.url(token)}"}}') == [listener.port]
    finally:
        listener.close()


def test_a_file_is_known_by_its_content_and_not_by_its_name():
    assert UNIX.content.search("root:x:0:0:root:/root:/bin/bash")
    assert not UNIX.content.search("no such file: ../../etc/passwd")


def test_xml_that_is_written_out_keeps_its_root_and_takes_a_reference():
    text = '<?xml version="1.0"?>\n<!-- <a> -->\n<o:order n="1"><thing>rice</thing><n/></o:order>'
    assert _rooted(text) == "o:order"
    assert _named(text, "") == '<o:order n="1"><thing>rice</thing><n/></o:order>'
    assert _named(text, "&e;") == '<o:order n="1"><thing>&e;</thing><n/></o:order>'


def test_an_id_that_ends_with_a_wildcard_is_not_found_by_itself():
    assert wildcards("RAc6dNQ2_") == ("%", "*", "?")
    assert wildcards("RAc6dNQ2z") == ("%", "*", "_", "?")
