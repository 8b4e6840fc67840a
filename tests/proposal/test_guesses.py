"""What is only guessed of a document: gates, streams, lists; each table once."""

import tomllib

from troth.proposal import gates, resources, streams
from troth.proposal.passage import written
from troth.spec.graph import build
from troth.spec.load import load

EVENTS = {"200": {"description": "ok", "content": {"text/event-stream": {"schema": {}}}}}
OK = {"200": {"description": "ok"}}


def spec(paths):
    return load({"openapi": "3.1.0", "info": {"title": "t", "version": "1"}, "paths": paths})


def held(passages):
    """The proposals as TOML that holds."""
    lines = written(list(passages)).splitlines()
    plain = [each[2:] for each in lines if each.startswith("# ") and ("=" in each or "[" in each)]
    return tomllib.loads("\n".join(plain))


def test_ids_that_no_answer_shows_are_their_owners_to_say():
    rows = {"type": "array", "items": {"type": "object", "properties": {"e-mail": {}}}}
    answer = {"200": {"description": "ok", "content": {"application/json": {"schema": rows}}}}
    paths = {"/people": {"get": {"responses": answer}}}
    for name in ("email", "code", "mystery"):
        given = {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        paths[f"/remind-{name}/{{{name}}}"] = {"post": {"parameters": [given], "responses": OK}}
    document = spec(paths)
    found = resources.unknown(document, build(document, {}))
    assert [each.name for each in found] == ["code", "mystery"]


def test_tags_that_are_written_in_two_ways_are_one_gate():
    document = spec(
        {
            "/a": {"get": {"tags": ["Billing"], "responses": OK}},
            "/b": {"get": {"tags": ["billing"], "responses": OK}},
            "/c": {"get": {"tags": ["orders"], "responses": OK}},
        }
    )
    assert held(gates.passages(document)) == {
        "gates": {
            "billing": {
                "env": "TROTH_ENABLE_BILLING",
                "tags": ["Billing", "billing"],
                "reason": "it asks a payment provider",
            }
        }
    }


def test_a_stream_is_told_with_what_stops_it_and_nothing_else():
    document = spec(
        {
            "/runs/{id}/events": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "get": {"responses": EVENTS},
            },
            "/runs/{id}/cancel": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
                ],
                "post": {"responses": OK},
            },
            "/orders/cancel": {"post": {"responses": OK}},
        }
    )
    found = held(streams.passages(document))["streams"]["runs-events"]
    assert found["operation"] == "GET /runs/{id}/events"
    assert found["interrupt"] == "POST /runs/{id}/cancel"


def test_two_streams_of_one_name_are_two_tables():
    document = spec({"/a/s": {"get": {"responses": EVENTS}, "post": {"responses": EVENTS}}})
    assert set(held(streams.passages(document))["streams"]) == {"a-s", "a-s-post"}
