"""The document is complete, closed, and says of each operation exactly what it can answer."""

import json
import re

import pytest
from openapi_spec_validator import validate

from tests.reference.described import described, operations
from tests.reference.live import settings
from troth.reference.app import create_app


@pytest.fixture(scope="module")
def document():
    return described()


def test_it_is_openapi_3_2(document):
    # 3.2 is the first that can say what the items of an event stream are.
    assert document["openapi"] == "3.2.0"
    validate(document)


def test_every_operation_is_named_tagged_and_secured(document):
    names = [each["operationId"] for _, _, each in operations(document)]
    assert len(names) == len(set(names)) >= 33
    tags = {each["name"] for each in document["tags"]}
    for _, _, each in operations(document):
        assert each["operationId"].isalnum()
        assert each["operationId"][0].islower()
        assert each["summary"]
        assert set(each["tags"]) <= tags
        assert each["security"] in ([], [{"bearerAuth": []}], [{"apiKeyAuth": []}])


def test_errors_follow_from_what_an_operation_takes(document):
    for path, _, each in operations(document):
        statuses = set(each["responses"])
        assert "default" not in statuses
        bodies = each.get("requestBody", {}).get("content", {})
        assert ({"400", "413", "415"} <= statuses) == ("application/json" in bodies)
        assert ("413" in statuses) == bool(bodies)
        assert ("422" in statuses) == bool("requestBody" in each or each.get("parameters"))
        assert ("401" in statuses) >= bool(each["security"])
        if each["security"]:
            assert "429" in statuses
        if path.startswith("/api/v1/conversations/{"):
            assert "404" in statuses
        for status, response in each["responses"].items():
            assert "X-Correlation-Id" in response["headers"]
            assert ("Retry-After" in response["headers"]) == (status in ("429", "503"))
            assert ("WWW-Authenticate" in response["headers"]) == (status == "401")
            if status[0] in "45":
                assert list(response["content"]) == ["application/problem+json"]


def test_every_object_is_closed_and_every_shown_field_required(document):
    given = {
        each["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        for _, _, each in operations(document)
        if "application/json" in each.get("requestBody", {}).get("content", {})
    }
    for item in document["paths"].values():
        frames = item.get("x-websocket", {}).get("send", {}).values()
        given |= {each["$ref"].rpartition("/")[2] for each in frames}
    schemas = document["components"]["schemas"]
    reached: set[str] = set()
    while given - reached:
        name = min(given - reached)
        reached.add(name)
        given |= set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(schemas[name])))
    for name, schema in schemas.items():
        assert schema["additionalProperties"] is False, name
        if name not in given:
            assert set(schema.get("required", [])) == set(schema.get("properties", {})), name


def test_a_websocket_is_described_beside_the_operations(document):
    (item,) = [each for each in document["paths"].values() if "x-websocket" in each]
    assert set(item) == {"x-websocket"}
    said = item["x-websocket"]
    assert said["operationId"] not in [each["operationId"] for _, _, each in operations(document)]
    assert said["security"] == [{"apiKeyAuth": []}]
    assert {"1003", "1007", "1008", "1009", "4404"} <= set(said["closes"])
    for name, frame in said["send"].items():
        known = document["components"]["schemas"][frame["$ref"].rpartition("/")[2]]
        assert known["properties"]["type"]["const"] == name
    assert set(said["anytime"]) <= set(said["receive"])


def test_a_router_that_is_off_is_in_neither_service_nor_document():
    app = create_app(settings(seed=False, fixtures=False))
    assert not [path for path in app.openapi()["paths"] if "fixtures" in path]
    assert "test-fixtures" not in [each["name"] for each in app.openapi()["tags"]]
    app.state.platform.close()


def test_what_origins_are_told_is_documented_where_any_is_allowed():
    allowed = described(cors_origins=["https://app.acme.test"])
    for _, _, each in operations(allowed):
        for response in each["responses"].values():
            assert "Vary" in response["headers"]
            assert response["headers"]["Access-Control-Allow-Origin"]["required"] is False
    assert "Vary" not in described()["components"]["headers"]
