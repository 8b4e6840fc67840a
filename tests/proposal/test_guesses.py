"""What is only guessed of a document: gates, streams, lists; each table once."""

import tomllib

from troth.proposal import candidates, gates, resources, streams
from troth.proposal.passage import written
from troth.spec.families import families
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


def answer(status, **members):
    schema = {"type": "object", "properties": {name: {"type": "string"} for name in members}}
    content = {"content": {"application/json": {"schema": schema}}}
    return {"responses": {status: {"description": "ok", **content}}}


def body(**members):
    schema = {"type": "object", "properties": members}
    return {"requestBody": {"content": {"application/json": {"schema": schema}}}}


def test_what_only_an_owner_can_fill_names_the_likely_operations():
    given = {"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}
    secured = {"security": [{"b": []}]}
    one = {"parameters": [given], **secured}
    document = spec(
        {
            "/jobs": {"post": {**body(size={"type": "integer"}), **answer("202", id="")}},
            "/jobs/{id}": {"get": {**one, **answer("200", id="")}},
            "/members": {"get": {**secured, **answer("200")}},
            "/members/{id}": {"patch": {**one, **body(is_admin={}), **answer("200")}},
            "/bank/webhook": {"post": {**body(event={}), **answer("200")}},
        }
    )
    kinds = families(document, {})
    assert tomllib.loads(candidates.authority(document))["authority"]["NAME"] == {
        "power": {"operation": "GET /members"},
        "loss": {"operation": "PATCH /members/{id}"},
    }
    assert 'operation = "POST /bank/webhook"' in candidates.webhook(document)
    said = candidates.work(document, kinds)
    assert 'start = "POST /jobs", state = { operation = "GET /jobs/{id}", … }' in said
    assert tomllib.loads(candidates.workflow(kinds))["workflows"]["NAME"]["steps"] == [
        {"name": "made", "operation": "POST /jobs"},
        {
            "name": "seen",
            "operation": "GET /jobs/{id}",
            "path": {"id": "$steps.made.body#/id"},
        },
    ]


def test_where_the_document_has_no_such_thing_nothing_is_named():
    document = spec({"/a": {"get": {"responses": OK}}})
    every = (candidates.authority(document), candidates.webhook(document))
    assert (*every, candidates.work(document, ()), candidates.workflow(())) == ("",) * 4


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
