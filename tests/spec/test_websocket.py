"""What `x-websocket` says is read; where it says it badly, that is located, and the rest loads."""

import pytest

from troth.errors import UsageError
from troth.spec.load import load
from troth.spec.operation import Operation

WORD = {"type": "object", "properties": {"type": {"const": "word"}}}
TALK = {
    "operationId": "talk",
    "summary": "Talk.",
    "security": [{"key": []}],
    "parameters": [{"name": "loud", "in": "query", "schema": {"type": "boolean"}}],
    "send": {"say": {"$ref": "#/components/schemas/Say"}},
    "receive": {"word": WORD, "end": True},
    "order": "(word* end)*",
    "anytime": ["word"],
    "closes": {"1008": "Too much."},
    "refusals": {"403": "No.", "5XX": "Later."},
    "x-more": {"let": "be"},
    "unheard": 1,
}
AT = "/paths/~1talk~1{room}/x-websocket"


def document(talk, **item):
    return {
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {
            "/talk/{room}": {"x-websocket": talk, **item},
            "/sound": {"get": {"responses": {"200": {"description": ""}}}},
        },
        "components": {
            "schemas": {"Say": {"properties": {"text": {"$ref": "#/components/schemas/Text"}}}}
        },
    }


def with_text(found):
    found["components"]["schemas"]["Text"] = {"type": "string"}
    return found


def test_all_of_it_is_read():
    spec = load(with_text(document(TALK)))
    assert spec.broken == ()
    assert [each.label for each in spec.operations] == ["GET /sound"]
    (socket,) = spec.sockets
    shake = socket.handshake
    assert isinstance(shake, Operation)
    assert (socket.label, shake.method, shake.id) == ("WS /talk/{room}", "GET", "talk")
    assert [(each.name, each.location) for each in shake.parameters] == [
        ("loud", "query"),
        ("room", "path"),
    ]
    assert shake.secured
    assert list(shake.responses) == ["101", "403", "5XX"]
    assert socket.sends == TALK["send"]
    assert socket.receives == TALK["receive"]
    assert (socket.order, socket.anytime) == ("(word* end)*", ("word",))
    assert socket.closes == {1008: "Too much."}
    assert socket.refusals == {"403": "No.", "5XX": "Later."}
    assert spec.socket("talk") is spec.socket("WS  /talk/{room}") is socket
    assert spec.operation("talk") is None


def test_nothing_need_be_said_and_the_security_of_the_document_holds():
    spec = load({**with_text(document({})), "security": [{"key": []}]})
    (socket,) = spec.sockets
    assert socket.handshake.security == (("key",),)
    assert (socket.receives, socket.closes, socket.refusals, socket.order) == (None, None, None, "")


def test_a_document_may_describe_a_websocket_only():
    found = with_text(document(TALK))
    del found["paths"]["/sound"]
    assert load(found).operations == ()
    found["paths"] = {"/talk": {}}
    with pytest.raises(UsageError, match="describes no operation"):
        load(found)


def test_one_path_may_have_both():
    get = {"responses": {"200": {"description": ""}}}
    spec = load(with_text(document(TALK, get=get)))
    assert [each.label for each in spec.operations] == ["GET /talk/{room}", "GET /sound"]
    assert len(spec.sockets) == 1


@pytest.mark.parametrize(
    ("wrong", "pointer", "message"),
    [
        ([], "", "it is a list; describe the WebSocket in an object"),
        (None, "", "it is null; describe"),
        ({"send": ["say"]}, "/send", "it is a list"),
        ({"send": {"say": "Say"}}, "/send/say", "is a string, where a schema belongs"),
        ({"send": {"say": {"type": "word"}}}, "/send/say/type", "`word` is no type of JSON"),
        ({"receive": 1}, "/receive", "where a list or an object belongs"),
        (
            {"receive": {"word": {"$ref": "#/components/schemas/Word"}}},
            "/receive/word/$ref",
            "leads nowhere",
        ),
        ({"order": ["word"]}, "/order", "write a regular expression over types"),
        ({"order": "(word"}, "/order", "it can not be read: a `(` is not closed"),
        ({"order": "word", "receive": {}}, "/order", "`word` is no type in `receive`"),
        ({"anytime": "word"}, "/anytime", "it is no list of types"),
        ({"anytime": ["x"], "receive": {}}, "/anytime", "`x` is no type in `receive`"),
        ({"closes": [1000]}, "/closes", "map close codes to what they mean"),
        ({"closes": {"done": ""}}, "/closes", "`done` is no close code"),
        ({"refusals": {"200": ""}}, "/refusals", "`200` is no status of a refusal"),
        ({"security": {"key": []}}, "/security", "`security` is not a list"),
        ({"parameters": {}}, "/parameters", "where a list or an object belongs"),
    ],
)
def test_what_is_badly_said_is_located_and_the_rest_loads(wrong, pointer, message):
    spec = load(with_text(document(wrong)))
    assert spec.sockets == ()
    assert [each.label for each in spec.operations] == ["GET /sound"]
    (fault,) = spec.broken
    assert (fault.label, fault.pointer) == ("WS /talk/{room}", AT + pointer)
    assert message in fault.message


def test_what_a_schema_refers_to_must_be_there():
    (fault,) = load(document(TALK)).broken
    assert fault.pointer == "/components/schemas/Say/properties/text/$ref"
    assert fault.label == "WS /talk/{room}"


def test_schemas_in_other_files_are_brought_in(tmp_path):
    (tmp_path / "frames.yaml").write_text("Word: {type: object, required: [type]}\n")
    (tmp_path / "openapi.yaml").write_text(
        "openapi: 3.1.0\ninfo: {title: t, version: '1'}\npaths:\n  /talk:\n    x-websocket:\n"
        "      receive: {word: {$ref: 'frames.yaml#/Word'}}\n"
    )
    spec = load(str(tmp_path / "openapi.yaml"))
    assert spec.broken == ()
    assert spec.sockets[0].receives == {"word": {"$ref": "#/components/schemas/Word"}}
