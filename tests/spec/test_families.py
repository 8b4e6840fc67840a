"""Families are read off the paths, and corrected by the target file."""

import json

import pytest

from troth.config.lifecycles import LifecycleSection
from troth.config.resources import ResourceSection
from troth.config.workflows import WorkflowSection
from troth.errors import UsageError
from troth.spec.families import collections, families, singletons
from troth.spec.lifecycles import lifecycles
from troth.spec.load import load
from troth.spec.workflows import workflows

THING = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
}


def answer(schema):
    return {"description": "", "content": {"application/json": {"schema": schema}}}


def operation(schema=None, status="200", parameters=(), *, body=False):
    made = {"responses": {status: answer(schema) if schema else {"description": ""}}}
    made["parameters"] = list(parameters)
    if body:
        made["requestBody"] = {"content": {"application/json": {"schema": THING}}}
    return made


def path(*names):
    return [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in names
    ]


PAGE = {
    "type": "object",
    "properties": {"data": {"type": "array", "items": THING}, "next": {"type": "string"}},
}
PATHS = {
    "/v1/things": {
        "get": operation(PAGE),
        "post": operation(THING, "201", body=True),
    },
    "/v1/things/search": {
        "get": operation(
            {"type": "array", "items": THING},
            parameters=[{"name": "q", "in": "query", "schema": {"type": "string"}}],
        )
    },
    "/v1/things/{thing_id}": {
        "get": operation(THING, parameters=path("thing_id")),
        "put": operation(THING, parameters=path("thing_id"), body=True),
        "patch": operation(THING, parameters=path("thing_id"), body=True),
        "delete": operation(status="204", parameters=path("thing_id")),
    },
    "/v1/things/{thing_id}/close": {"post": operation(THING, parameters=path("thing_id"))},
    "/v1/admin/things": {"get": operation(PAGE), "post": operation(THING, "201", body=True)},
    "/v1/settings": {"get": operation(THING), "put": operation(THING, body=True)},
    "/v1/jobs": {"post": operation(THING, "202", body=True)},
}


@pytest.fixture(scope="module")
def spec(tmp_path_factory):
    document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": PATHS}
    file = tmp_path_factory.mktemp("spec") / "openapi.json"
    file.write_text(json.dumps(document))
    return load(str(file))


def family(found, name):
    return next(each for each in found if each.name == name)


def test_a_family_has_all_its_operations(spec):
    thing = next(each for each in families(spec) if each.read is not None)
    names = [each.label for each in thing.operations]
    assert names == [
        "POST /v1/things",
        "GET /v1/things/{thing_id}",
        "PUT /v1/things/{thing_id}",
        "PATCH /v1/things/{thing_id}",
        "DELETE /v1/things/{thing_id}",
        "GET /v1/things",
        "GET /v1/things/search",
    ]
    assert (thing.id, thing.parameter) == ("$response.body#/id", "thing_id")
    plain, search = thing.listings
    assert (plain.array, plain.id, plain.term) == ("/data", "/id", "")
    assert (search.array, search.id, search.term) == ("", "/id", "q")


def test_two_kinds_of_one_name_are_told_apart_by_what_they_belong_to(spec):
    names = [each.name for each in families(spec)]
    assert len(names) == len(set(names))
    assert "admin.thing" in names


def test_what_can_be_made_and_not_seen_is_no_family(spec):
    assert not any("job" in each.name for each in families(spec))


def test_what_is_there_from_the_beginning_is_written_and_read_at_one_path(spec):
    (settings,) = singletons(spec)
    assert settings.read is not None
    assert settings.replace is not None
    assert settings.create is None


def test_every_list_is_a_collection_with_its_family(spec):
    found = {each.label: each.family for each in collections(spec, families(spec))}
    assert set(found) == {"GET /v1/things", "GET /v1/things/search", "GET /v1/admin/things"}
    assert all(found.values())


def test_the_target_file_comes_first(spec):
    section = ResourceSection.model_validate(
        {"create": "POST /v1/things", "owner": "public", "volatile": ["/name"]}
    )
    found = family(families(spec, {"widget": section}), "widget")
    assert (found.owner, found.volatile) == ("public", frozenset({"/name"}))
    assert found.delete is not None


def test_an_unknown_operation_is_named_with_its_place(spec):
    section = ResourceSection.model_validate({"read": "GET /v1/thing"})
    with pytest.raises(UsageError, match=r"\[resources.widget\] read"):
        families(spec, {"widget": section})


def cycle(**more):
    told = {
        "resource": "thing",
        "field": "$response.body#/name",
        "initial": "open",
        "gone": "deleted",
        "transitions": [
            {"by": "POST /v1/things/{thing_id}/close", "from": ["open"], "to": "closed"},
            {
                "by": "DELETE /v1/things/{thing_id}",
                "from": ["open", "closed"],
                "to": "deleted",
            },
        ],
        **more,
    }
    return LifecycleSection.model_validate(told)


@pytest.fixture
def known(spec):
    return families(spec)


def test_a_table_has_every_pair_and_the_shortest_ways(spec, known):
    (found,) = lifecycles(spec, known, {"thing": cycle()})
    assert {state: len(way) for state, way in found.routes.items()} == {
        "open": 0,
        "closed": 1,
        "deleted": 1,
    }
    pairs = [(state, event.operation.method) for state, event in found.pairs()]
    assert len(pairs) == 6
    assert set(pairs[:3]) == {("open", "POST"), ("open", "DELETE"), ("closed", "DELETE")}


WRONG = [
    ({"resource": "thong"}, r"`thong` in \[lifecycles.thing\] resource is no resource"),
    ({"states": ["open", "closed"]}, "'deleted' is none of `states`"),
    ({"initial": "opened", "states": ["open", "closed", "deleted"]}, "did you mean 'open'"),
    ({"gone": "lost"}, "no transition leads to 'lost'"),
    ({"field": "status"}, r"\[lifecycles.thing\] field"),
    ({"events": {"GET /v1/settings": {}}}, "no transition is by `GET /v1/settings`"),
    ({"gone": None, "transitions": [{"by": "nobody", "from": ["open"], "to": "x"}]}, "`nobody` in"),
    (
        {
            "transitions": [
                {"by": "POST /v1/things/{thing_id}/close", "from": ["open"], "to": "closed"},
                {"by": "POST /v1/things/{thing_id}/close", "from": ["open"], "to": "shut"},
            ],
            "gone": None,
        },
        "keep one",
    ),
]


@pytest.mark.parametrize(("more", "said"), WRONG)
def test_what_a_table_names_must_be_there(spec, known, more, said):
    with pytest.raises(UsageError, match=said):
        lifecycles(spec, known, {"thing": cycle(**more)})


def story(*steps):
    return {"story": WorkflowSection.model_validate({"steps": list(steps)})}


def test_a_workflow_takes_values_from_earlier_steps_only(spec):
    first = {"name": "make", "operation": "POST /v1/things"}
    second = {
        "name": "look",
        "operation": "GET /v1/things/{thing_id}",
        "path": {"thing_id": "$steps.make.body#/id"},
    }
    (found,) = workflows(spec, story(first, second))
    assert [each.operation.method for each in found.steps] == ["POST", "GET"]
    with pytest.raises(UsageError, match="no step `make` comes before"):
        workflows(spec, story(second, first))
    with pytest.raises(UsageError, match="two steps called `make`"):
        workflows(spec, story(first, first))
    with pytest.raises(UsageError, match="is no expression"):
        workflows(spec, story({**first, "body": {"name": "$steps.make"}}))


def test_what_is_made_below_a_parent_may_stand_alone():
    thing = {"type": "object", "properties": {"id": {"type": "integer"}}}
    answer = {"200": {"description": "", "content": {"application/json": {"schema": thing}}}}
    paths = {
        "/boards/{board}/cards": {"post": {"responses": answer}},
        "/cards/{card}": {"get": {"responses": answer}, "delete": {"responses": {}}},
    }
    info = {"title": "t", "version": "1"}
    (card,) = families(load({"openapi": "3.1.0", "info": info, "paths": paths}), {})
    assert card.create is not None
    assert card.create.path == "/boards/{board}/cards"
    assert card.read is not None
    assert (card.read.path, card.parameter) == ("/cards/{card}", "card")
    listed = {**paths, "/cards": {"get": {"responses": answer}}}
    both = families(load({"openapi": "3.1.0", "info": info, "paths": listed}), {})
    assert [each.read is not None and each.create is not None for each in both] == [False]
