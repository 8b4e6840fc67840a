"""Event streams as they are decoded, and what the data of their events must hold."""

import pytest

from troth.checks.events import event_content
from troth.exchange import Exchange, Request, Response
from troth.spec.load import load
from troth.spec.stream import Event, decoded, whole
from troth.spec.validity import Validity

STEP = {"type": "object", "required": ["n"], "properties": {"n": {"type": "integer"}}}
SCHEMAS = {
    "Step": STEP,
    "StepEvent": {
        "type": "object",
        "required": ["event", "data"],
        "properties": {
            "event": {"const": "step"},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": {"$ref": "#/components/schemas/Step"},
            },
        },
    },
}
ITEM = {
    "oneOf": [
        {"$ref": "#/components/schemas/StepEvent"},
        {
            "type": "object",
            "required": ["event", "data"],
            "properties": {"event": {"const": "message"}, "data": {"const": "[DONE]"}},
        },
    ]
}


def spec_of(item=ITEM, version="3.2.0"):
    media = {"itemSchema": item, "x-event-order": "(step)* message"}
    spec = load(
        {
            "openapi": version,
            "info": {"title": "t", "version": "1"},
            "paths": {
                "/s": {
                    "get": {
                        "responses": {
                            "200": {"description": "", "content": {"text/event-stream": media}}
                        }
                    }
                }
            },
            "components": {"schemas": SCHEMAS},
        }
    )
    assert spec.broken == ()
    return spec


def complaints(body, **more):
    spec = spec_of(**more)
    response = Response(200, (("Content-Type", "text/event-stream"),), body)
    exchange = Exchange(1, "p", "GET /s", Request("GET", "http://x/s"), response)
    return event_content(exchange, spec.operations[0], spec, Validity(spec))


def test_only_whole_events_are_decoded():
    body = (
        b"\xef\xbb\xbf: ping\n\nevent: a\r\nid: 7\r\ndata: 1\r\ndata: 2\r\n\r\nretry: 9\ndata:x\n\n"
    )
    assert decoded(body + b"event: b\ndata: cut o") == (
        Event("a", "1\n2", "7"),
        Event("message", "x", "7", 9),
    )
    assert whole(b"data: 1") == b""
    assert decoded(b"event: nothing\n\n") == ()


def test_the_fields_are_those_of_the_specification():
    assert Event("message", "x", "7", 9).fields() == {
        "event": "message",
        "data": "x",
        "id": "7",
        "retry": 9,
    }
    assert Event("a", "x").fields() == {"event": "a", "data": "x"}


def test_the_document_says_what_an_item_is_and_in_which_order():
    media = spec_of().operations[0].responses["200"].content["text/event-stream"]
    assert media.item_schema == ITEM
    assert media.event_order == "(step)* message"


@pytest.mark.parametrize(
    "body",
    [
        b'event: step\ndata: {"n": 1}\n\ndata: [DONE]\n\n',
        b'event: step\ndata: {"n": 1}\n\nevent: step\ndata: {"n": "unfinis',
        # An event of no alternative is the first judge's to complain of.
        b"event: other\ndata: no JSON\n\n",
        b"",
    ],
)
def test_what_is_as_documented_is_not_complained_of(body):
    assert complaints(body) == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ("no JSON", "its data is no JSON"),
        ('{"n": "1"}', "/n is string, not integer"),
        ("{}", "/n is left out"),
    ],
)
def test_the_content_of_data_is_judged(data, said):
    found = complaints(f'event: step\ndata: {{"n": 1}}\n\nevent: step\ndata: {data}\n\n'.encode())
    assert [each.property for each in found] == ["FUZ102"]
    assert said in found[0].message
    assert "event 2 (`step`)" in found[0].message
    assert "GET /s" in found[0].root


def test_one_root_is_said_once():
    assert len(complaints(b"event: step\ndata: x\n\n" * 3)) == 1


def test_all_of_and_schemas_that_lead_in_circles():
    data = {"contentMediaType": "application/x+json; charset=utf-8", "contentSchema": STEP}
    item = {"allOf": [{"type": "object"}, {"properties": {"data": {"allOf": [data]}}}]}
    assert complaints(b"data: 1\n\n", item=item)
    circle = {
        "anyOf": [{"$ref": "#/paths/~1s/get/responses/200/content/text~1event-stream/itemSchema"}]
    }
    assert complaints(b"data: 1\n\n", item=circle) == ()
