"""Guardrails and tools are one catalogue for all, and what it says of settings is JSON Schema."""

import pytest
from jsonschema import Draft202012Validator

from tests.reference.test_envelope import assert_problem

G = "/api/v1/guardrails"


def test_every_guardrail_is_found_by_its_key(live):
    listed = live.call("carol", "GET", G).json()
    assert listed["total"] == len(listed["items"]) >= 8
    for each in listed["items"]:
        assert live.call("bob", "GET", f"{G}/{each['key']}").json() == each
        schema = each["config_schema"]
        Draft202012Validator.check_schema(schema)
        assert set(schema["required"]) <= set(schema["properties"])


def test_presets_name_guardrails_that_are_there(live):
    keys = {each["key"] for each in live.call("alice", "GET", G).json()["items"]}
    presets = live.call("alice", "GET", f"{G}/presets").json()
    assert presets["total"] == len(presets["items"]) == 3
    for each in presets["items"]:
        assert live.call("alice", "GET", f"{G}/presets/{each['key']}").json() == each
        assert set(each["guardrails"]) <= keys


@pytest.mark.parametrize("path", ["no-such", "presets/no-such"])
def test_an_unknown_key_is_not_found(live, path):
    assert_problem(live.call("alice", "GET", f"{G}/{path}"), 404)


def test_tools_take_parameters_of_a_schema(live):
    catalog = live.call("carol", "GET", "/api/v1/tools").json()
    assert catalog["total"] == len(catalog["items"])
    for each in catalog["items"]:
        Draft202012Validator.check_schema(each["parameters"])
        assert each["category"] in catalog["categories"]
        assert set(each["agents"]) <= {"triage", "researcher", "writer"}


@pytest.mark.parametrize("path", [G, f"{G}/presets", "/api/v1/tools"])
def test_strangers_see_no_catalogue(live, path):
    assert_problem(live.client.get(path), 401)
