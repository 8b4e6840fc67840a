"""The framing, the order and the end of an event stream, on bytes written by hand."""

import pytest

from troth.checks.event_stream import event_stream
from troth.exchange import Exchange, Request, Response
from troth.spec.load import load

ITEM = {"type": "object"}


def operation(order="", *, breaks="", item=None):
    stream = {"itemSchema": item} if item else {}
    stream |= {"x-event-order": order} if order else {}
    stream |= {"x-event-break": breaks} if breaks else {}
    content = {"text/event-stream": stream}
    paths = {"/s": {"get": {"responses": {"200": {"description": "", "content": content}}}}}
    info = {"title": "t", "version": "1"}
    return load({"openapi": "3.2.0", "info": info, "paths": paths}).operations[0]


def roots(
    body, asked=None, *, cut=False, terminal=(), status=200, media="text/event-stream", method="GET"
):
    response = Response(status, (("content-type", media),), body, truncated=cut)
    request = Request(method, "http://t/s")
    said = Exchange(1, "a", "GET /s", request, response)
    found = event_stream(said, asked or operation(), terminal)
    assert {each.property for each in found} <= {"FUZ112"}
    return [each.root for each in found]


def events(*types):
    return b"".join(f"event: {each}\ndata: {{}}\n\n".encode() for each in types)


ORDER = "init (message)* (result|error) done"
WHOLE = events("init", "message", "message", "result", "done")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b": a comment\n\ndata: x\n\n",
        b"\xef\xbb\xbfdata:x\r\n\r\n",
        b"id: 1\revent: a\rdata\r\r",
        b"retry: 3000\n\n",
        b"data: {\ndata: }\n\nunknown: passed over\n\n",
        b"data: x\n\n: the end",
    ],
)
def test_what_clients_read_is_no_finding(body):
    assert roots(body) == []


@pytest.mark.parametrize(
    ("body", "root"),
    [
        (b'data: {\n"a": 1}\n\n', None),
        (b"{}\n\n", "a line of GET /s belongs to no field"),
        (b"data: x\n\ndata: y\n", "the last event of GET /s is not ended by a blank line"),
        (b"retry: soon\n\n", "a `retry` of GET /s is no number"),
        (b"id: a\0b\ndata: x\n\n", "an `id` of GET /s holds a NUL"),
        (b"data: \xff\n\n", "an event stream of GET /s is no UTF-8"),
    ],
)
def test_what_clients_pass_over_is(body, root):
    assert roots(body) == ([root] if root else [])


def test_a_stream_that_was_cut_is_judged_as_far_as_it_came():
    assert roots(b"data: x\n\ndata: y", cut=True) == []
    assert roots(WHOLE[:-30], operation(ORDER), cut=True) == []
    assert roots(events("init", "done"), operation(ORDER), cut=True) == [
        "a `done` event of GET /s comes after `init`"
    ]


def test_the_order():
    asked = operation(ORDER)
    assert roots(WHOLE, asked) == []
    assert roots(events("init", "result"), asked) == ["GET /s ends before its last event"]
    assert roots(b"", asked) == ["GET /s ends before its last event"]
    assert roots(WHOLE + events("message"), asked) == [
        "a `message` event of GET /s comes after `done`"
    ]
    assert roots(WHOLE * 2, asked) == ["a `init` event of GET /s comes after `done`"]
    assert roots(events("message"), asked) == ["a `message` event of GET /s comes first"]
    assert roots(b"", operation("(tick)*")) == []


def test_a_type_that_is_not_named_has_one_owner():
    assert roots(events("init", "leak"), operation(ORDER)) == [
        "an event of GET /s is of no type that its order names"
    ]
    assert roots(events("init", "leak"), operation(ORDER, item=ITEM)) == []


def test_nothing_follows_what_breaks_off():
    asked = operation(ORDER, breaks="broken")
    assert roots(events("init", "broken"), asked) == []
    assert roots(events("init", "broken", "done"), asked) == [
        "a `done` event of GET /s follows `broken`"
    ]


def test_the_target_file_names_the_end_of_a_stream_that_the_document_leaves_open():
    assert roots(events("a", "end"), terminal=("end", "failed")) == []
    assert roots(events("a"), terminal=("end", "failed")) == ["GET /s ends before its last event"]
    assert roots(events("a"), terminal=("end",), cut=True) == []
    assert roots(events("end", "a"), terminal=("end",)) == ["GET /s goes on after its last event"]


def test_what_is_no_stream_that_was_served_is_not_judged():
    assert roots(b"{}\n\n", status=500) == []
    assert roots(b"{}\n\n", media="application/json") == []
    assert roots(b"", operation(ORDER), method="HEAD") == []


def test_an_order_that_can_not_be_read_promises_nothing():
    assert roots(events("a"), operation("(a")) == []
