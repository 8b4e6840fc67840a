"""One fault, put into a case that was served; nothing that may be valid after all."""

import pytest

from troth.case import Case, Fault, Values
from troth.composing.faults import single
from troth.spec.load import load
from troth.spec.validity import Validity

DOCUMENT = {
    "openapi": "3.1.0",
    "info": {"title": "t", "version": "1"},
    "paths": {
        "/things/{id}": {
            "put": {
                "parameters": [
                    {"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}},
                    {"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}},
                ],
                "requestBody": {
                    "content": {
                        "application/json": {
                            "schema": {
                                "type": "object",
                                "required": ["n"],
                                "properties": {"n": {"type": "integer"}},
                            }
                        }
                    }
                },
                "responses": {"200": {"description": ""}},
            }
        }
    },
}
SPEC = load(DOCUMENT)
PUT = SPEC.operations[0]
BASE = Values(path={"id": "7"}, query={"limit": "1"}, body={"n": 1}, media_type="application/json")


def isolated(values: Values, location: str, name: str = "", kind: str = "x"):
    case = Case(PUT, "PUT", "/things/7", values=values, fault=Fault(location, name, kind, ""))
    return single(case, BASE, Validity(SPEC))


def test_only_the_faulty_place_is_taken_over():
    faulty = Values(
        path={"id": "no"}, query={"limit": "10"}, body={"n": False}, media_type="application/json"
    )
    values, fault = isolated(faulty, "body", "/n")
    assert (values.path, values.query, values.body) == ({"id": "7"}, {"limit": "1"}, {"n": False})
    assert (fault.location, fault.name, fault.kind) == ("body", "/n", "type: boolean for integer")
    values, fault = isolated(faulty, "query", "limit")
    assert (values.path, values.query, values.body) == ({"id": "7"}, {"limit": "10"}, {"n": 1})
    assert (fault.name, fault.kind) == ("limit", "maximum")


@pytest.mark.parametrize(("text", "sure"), [("\rabc", False), ("abc ", False), ("abcd", True)])
def test_blanks_may_be_taken_off_before_a_text_is_looked_at(text, sure):
    document = {
        **DOCUMENT,
        "paths": {"/x": {"post": dict(DOCUMENT["paths"]["/things/{id}"]["put"])}},
    }
    short = {"type": "string", "maxLength": 3}
    members = {"type": "object", "properties": {"s": short}}
    document["paths"]["/x"]["post"] |= {
        "parameters": [{"name": "q", "in": "query", "schema": short}],
        "requestBody": {"content": {"application/json": {"schema": members}}},
    }
    spec = load(document)
    base = Values(query={"q": "a"}, body={"s": "a"}, media_type="application/json")
    faulty = Values(query={"q": text}, body={"s": text}, media_type="application/json")
    for place, name in (("query", "q"), ("body", "/s")):
        case = Case(
            spec.operations[0], "POST", "/x", values=faulty, fault=Fault(place, name, "x", "")
        )
        assert (single(case, base, Validity(spec)) is not None) is sure


def test_a_generated_case_that_names_nothing_is_searched():
    faulty = Values(path={"id": "7"}, query={"": "x", "other": "y", "limit": "10"})
    values, fault = isolated(faulty, "query+path")
    assert (fault.location, fault.name) == ("query", "limit")
    assert values.query == {"limit": "10"}


@pytest.mark.parametrize(
    ("values", "location", "name"),
    [
        (Values(body={"n": 1}, media_type="application/json"), "body", "/n"),
        (Values(body={"n": "x"}, media_type="text/plain"), "body", "/n"),
        (Values(query={"limit": "3"}), "query", "limit"),
        (Values(query={"": "x"}), "query", ""),
        (Values(path={"id": ".."}), "path", "id"),
    ],
)
def test_what_may_be_valid_is_not_sent(values, location, name):
    assert isolated(values, location, name) is None


def test_faults_of_other_properties_are_left_to_them():
    assert isolated(Values(query={"limit": "x"}), "query", "limit", "missing_parameter") is None
