"""What stands in other files comes into the document; what may not be followed does not."""

import json

import pytest

from troth.exchange import Response
from troth.spec.fetch import Unfetched
from troth.spec.load import load
from troth.spec.schema import properties, resolve

OK = {"200": {"description": "fine"}}
JSON = "application/json"


def written(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
    return folder / "openapi.json"


def document(paths, **more):
    return {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}, "paths": paths, **more}


def answer(ref):
    return {"responses": {"200": {"description": "", "content": {JSON: {"schema": {"$ref": ref}}}}}}


def schema_of(spec, label):
    return spec.operation(label).responses["200"].content[JSON].schema


def references(node):
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        for each in node.values():
            yield from references(each)
    elif isinstance(node, list):
        for each in node:
            yield from references(each)


def test_files_beside_the_document_are_bundled_with_stable_names(tmp_path):
    main = written(
        tmp_path,
        {
            "openapi.json": document(
                {
                    "/pets": {"$ref": "paths/pets.yaml"},
                    "/own": {"get": answer("openapi.json#/components/schemas/Pet")},
                },
                components={"schemas": {"Pet": {"type": "object", "title": "own"}}},
            ),
            "paths/pets.yaml": """
get:
  responses:
    200: {$ref: '../shared.json#/responses/Pets'}
parameters:
  - $ref: '../shared.json#/parameters/limit'
""",
            "shared.json": {
                "parameters": {
                    "limit": {"name": "limit", "in": "query", "schema": {"type": "integer"}}
                },
                "responses": {
                    "Pets": {
                        "description": "",
                        "content": {
                            JSON: {"schema": {"type": "array", "items": {"$ref": "#/schemas/Pet"}}}
                        },
                    }
                },
                "schemas": {
                    "Pet": {
                        "type": "object",
                        "properties": {
                            "mother": {"$ref": "#/schemas/Pet"},
                            "tag": {"$ref": "tag.json"},
                        },
                    }
                },
            },
            "tag.json": {"type": "string"},
        },
    )
    spec = load(main)
    assert spec.broken == ()
    assert all(ref.startswith("#/") for ref in references(spec.document))
    assert spec.operation("GET /pets").parameters[0].name == "limit"
    pets = schema_of(spec, "GET /pets")
    assert pets["items"] == {"$ref": "#/components/schemas/shared.Pet"}
    found = properties(spec, pets["items"])
    assert found["mother"] == {"$ref": "#/components/schemas/shared.Pet"}
    assert resolve(spec, found["tag"]) == {"type": "string"}
    assert found["tag"] == {"$ref": "#/components/schemas/tag"}
    own = schema_of(spec, "GET /own")
    assert own == {"$ref": "#/components/schemas/Pet"}
    assert resolve(spec, own)["title"] == "own"
    assert load(main).digest == spec.digest


def test_a_missing_file_breaks_only_the_operations_that_need_it(tmp_path):
    main = written(
        tmp_path,
        {
            "openapi.json": document(
                {
                    "/a": {"get": answer("gone.yaml#/Pet")},
                    "/b": {"get": answer("here.json#/Nope")},
                    "/c": {"get": answer("bad.json")},
                    "/d": {"$ref": "gone.yaml"},
                    "/sound": {"get": {"responses": OK}},
                }
            ),
            "here.json": {},
            "bad.json": "{",
        },
    )
    spec = load(main)
    assert [each.label for each in spec.operations] == ["GET /sound"]
    faults = {each.label: each for each in spec.broken}
    assert "file not found: `gone.yaml`" in faults["GET /a"].message
    assert faults["GET /a"].pointer.endswith("/schema/$ref")
    assert "`here.json#/Nope` leads nowhere" in faults["GET /b"].message
    assert "is not YAML" in faults["GET /c"].message
    assert "can not be followed" in faults["* /d"].message
    assert all(ref.startswith("#/") for ref in references(spec.document)), "a tool could fetch it"


def test_other_hosts_are_asked_only_when_that_is_wanted():
    asked = []
    home, other = "http://one.test/v1/openapi.json", "http://two.test/pet.json"
    served = {
        home: document({"/a": {"get": answer(other)}, "/b": {"get": answer("../own.json#/Own")}}),
        other: {"type": "object", "properties": {"id": {"type": "integer"}}},
        "http://one.test/own.json": {"Own": {"type": "string"}},
    }

    def get(url):
        asked.append(url)
        if url not in served:
            raise Unfetched("no such host")
        return Response(200, (("Content-Type", JSON),), json.dumps(served[url]).encode())

    spec = load(home, fetch=get)
    assert [each.label for each in spec.operations] == ["GET /b"]
    assert schema_of(spec, "GET /b") == {"$ref": "#/components/schemas/Own"}
    (fault,) = spec.broken
    assert fault.label == "GET /a"
    assert "remote-refs = true" in fault.message
    assert other not in asked
    whole = load(home, fetch=get, remote_refs=True)
    assert whole.broken == ()
    assert properties(whole, schema_of(whole, "GET /a")) == {"id": {"type": "integer"}}
    assert asked.count(other) == 1


def test_a_document_on_the_web_cannot_reach_files(tmp_path):
    secret = tmp_path / "secret.json"
    secret.write_text('{"type": "string"}')
    made = document({"/a": {"get": answer(secret.as_uri())}, "/b": {"get": {"responses": OK}}})

    def get(url):
        return Response(200, (("Content-Type", JSON),), json.dumps(made).encode())

    spec = load("http://one.test/openapi.json", fetch=get, remote_refs=True)
    assert [each.label for each in spec.operations] == ["GET /b"]
    assert "is not beside the document" in spec.broken[0].message


def test_a_dict_has_nothing_beside_it():
    spec = load(document({"/a": {"get": answer("pet.json")}, "/b": {"get": {"responses": OK}}}))
    assert [each.label for each in spec.broken] == ["GET /a"]


def test_anchors_and_discriminators_are_followed(tmp_path):
    main = written(
        tmp_path,
        {
            "openapi.json": {
                **document({"/a": {"get": answer("#pet")}, "/b": {"get": answer("#none")}}),
                "openapi": "3.1.0",
                "components": {
                    "schemas": {
                        "P": {
                            "$anchor": "pet",
                            "discriminator": {
                                "propertyName": "kind",
                                "mapping": {"dog": "dog.json#/Dog", "cat": "Cat"},
                            },
                        },
                        "Cat": {"type": "object"},
                    }
                },
            },
            "dog.json": {"Dog": {"type": "object"}},
        },
    )
    spec = load(main)
    schema = schema_of(spec, "GET /a")
    assert schema == {"$ref": "#/components/schemas/P"}
    mapping = resolve(spec, schema)["discriminator"]["mapping"]
    assert mapping == {"dog": "#/components/schemas/Dog", "cat": "Cat"}
    assert "Dog" in spec.document["components"]["schemas"]
    assert [each.label for each in spec.broken] == ["GET /b"]


def test_path_items_that_refer_to_each_other_in_a_circle_are_broken(tmp_path):
    main = written(
        tmp_path,
        {
            "openapi.json": document(
                {
                    "/a": {"$ref": "#/paths/~1b"},
                    "/b": {"$ref": "#/paths/~1a"},
                    "/c": {"get": {"responses": OK}},
                }
            )
        },
    )
    spec = load(main)
    assert [each.label for each in spec.operations] == ["GET /c"]
    assert {each.label for each in spec.broken} == {"* /a", "* /b"}


def test_files_that_refer_to_each_other_are_bundled_once(tmp_path):
    main = written(
        tmp_path,
        {
            "openapi.json": document(
                {"/a": {"get": answer("a.json")}, "/b": {"get": answer("b.json")}}
            ),
            "a.json": {"properties": {"b": {"$ref": "b.json"}}},
            "b.json": {"properties": {"a": {"$ref": "a.json#"}}},
        },
    )
    spec = load(main)
    assert spec.broken == ()
    assert set(spec.document["components"]["schemas"]) == {"a", "b"}


@pytest.mark.parametrize("name", ["Pet", "we ird/näme", "a.b-c_d"])
def test_bundled_names_are_fit_for_components(tmp_path, name):
    escaped = name.replace("~", "~0").replace("/", "~1")
    main = written(
        tmp_path,
        {
            "openapi.json": document({"/a": {"get": answer(f"defs.json#/{escaped}")}}),
            "defs.json": {name: {"type": "string"}},
        },
    )
    spec = load(main)
    assert spec.broken == ()
    assert resolve(spec, schema_of(spec, "GET /a")) == {"type": "string"}
