"""Looking again and again: a bounded number of times, and as long as it takes."""

import pytest

from troth.config.background import BackgroundSection
from troth.config.streams import MarkSection, StreamSection
from troth.errors import UsageError
from troth.exchange import Exchange, Request, Response
from troth.runs import FEWEST, identified, marked, patiently
from troth.spec.load import load
from troth.spec.running import streams, works

SPEC = load(
    {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/runs": {"post": {"operationId": "run", "responses": {"200": {"description": ""}}}},
            "/runs/{id}": {
                "get": {"operationId": "read", "responses": {"200": {"description": ""}}}
            },
        },
    }
)
STATE = {"operation": "read", "pointer": "/state", "running": ["working"]}


def test_what_is_over_is_looked_at_once():
    looks = iter(range(100))
    assert patiently(lambda: next(looks), 9.0, over=lambda found: found == 0) == 0
    assert next(looks) == 1


def test_one_slow_look_does_not_decide():
    looks = iter(range(100))
    found = patiently(lambda: next(looks), 1e-9, over=lambda _: False)
    assert found == FEWEST - 1
    assert patiently(lambda: next(looks), 9.0, over=lambda found: found > 6) == 7


def test_the_id_is_in_the_stream_or_in_the_answer():
    section = {"operation": "run", "id": {"event": "begin", "pointer": "/id"}}
    (stream,) = streams(SPEC, {"s": StreamSection.model_validate(section)})
    assert stream.mark == MarkSection(event="begin", pointer="/id")
    told = b'event: other\ndata: {"id": 1}\n\nevent: begin\ndata: no JSON\n\n'
    assert marked(stream, told) == ""
    assert marked(stream, told + b'event: begin\ndata: {"id": 7}\n\n') == "7"
    (work,) = works(SPEC, {"w": BackgroundSection.model_validate({"start": "run", "state": STATE})})
    said = Response(202, (("content-type", "application/json"),), b'{"id": "b7"}')
    exchange = Exchange(1, "a", "POST /runs", Request("POST", "http://t/runs"), said)
    assert identified(work, exchange) == "b7"
    assert (work.running("working"), work.running("done")) == (True, False)
    assert [each.id for each in work.operations] == ["run", "read"]


def test_an_operation_that_there_is_not_is_named_with_the_nearest():
    section = StreamSection.model_validate({"operation": "run", "interrupt": "reed"})
    with pytest.raises(
        UsageError, match=r"`reed` in \[streams.s\] interrupt .* did you mean `read`"
    ):
        streams(SPEC, {"s": section})
