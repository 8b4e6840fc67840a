"""The document is complete, closed, and says of each operation exactly what it can answer."""

import pytest
from openapi_spec_validator import validate

from tests.reference.live import settings
from troth.reference import create_app

METHODS = ("get", "put", "post", "delete", "patch")


@pytest.fixture(scope="module")
def document():
    app = create_app(settings(seed=False))
    yield app.openapi()
    app.state.platform.close()


def operations(document):
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert method in METHODS
            yield path, method, operation


def test_it_is_openapi_3_1(document):
    assert document["openapi"] == "3.1.0"
    validate(document)


def test_every_operation_is_named_tagged_and_secured(document):
    names = [each["operationId"] for _, _, each in operations(document)]
    assert len(names) == len(set(names)) == 33
    tags = {each["name"] for each in document["tags"]}
    for _, _, each in operations(document):
        assert each["operationId"].isalnum()
        assert each["operationId"][0].islower()
        assert each["summary"]
        assert set(each["tags"]) <= tags
        assert each["security"] in ([], [{"bearerAuth": []}])


def test_errors_follow_from_what_an_operation_takes(document):
    for path, _, each in operations(document):
        statuses = set(each["responses"])
        assert "default" not in statuses
        assert ({"400", "413", "415"} <= statuses) == ("requestBody" in each)
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
        if "requestBody" in each
    }
    inner = {"TenantFixture", "UserFixture", "ConversationFixture"}
    for name, schema in document["components"]["schemas"].items():
        assert schema["additionalProperties"] is False, name
        if name not in given | inner:
            assert set(schema["required"]) == set(schema["properties"]), name


def test_links_lead_to_operations_and_their_parameters(document):
    by_name = {each["operationId"]: each for _, _, each in operations(document)}
    links = [
        link
        for each in by_name.values()
        for response in each["responses"].values()
        for link in response.get("links", {}).values()
    ]
    assert len(links) >= 12
    for link in links:
        declared = {each["name"] for each in by_name[link["operationId"]]["parameters"]}
        assert set(link["parameters"]) <= declared


def test_a_router_that_is_off_is_in_neither_service_nor_document():
    app = create_app(settings(seed=False, fixtures=False))
    assert not [path for path in app.openapi()["paths"] if "fixtures" in path]
    assert "test-fixtures" not in [each["name"] for each in app.openapi()["tags"]]
    app.state.platform.close()
