"""Links lead to operations that exist, by values that the answer has; they are served."""

import re

import pytest

from tests.reference.asking import ask
from tests.reference.described import described, operations
from troth.reference.links import following

BODY, PATH = "$response.body#", "$request.path."


DOCUMENT = described()
BY_NAME = {
    operation["operationId"]: (path, method, operation)
    for path, method, operation in operations(DOCUMENT)
}


def linked(operation):
    """Status, schema and links of each answer that has any."""
    for status, response in operation["responses"].items():
        if response.get("links"):
            schema = response["content"]["application/json"]["schema"]
            yield status, schema, response["links"].values()


def property_at(schema, pointer):
    """The schema at a JSON pointer into what `schema` describes; None where there is none."""
    for step in pointer.split("/")[1:]:
        while "$ref" in schema:
            schema = DOCUMENT["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        inner = schema.get("properties", {})
        schema = schema.get("items") if step == "0" else inner.get(step)
        if schema is None:
            return None
    return schema


def test_each_leads_to_an_operation_by_what_the_answer_has():
    count = 0
    for path, _, operation in operations(DOCUMENT):
        for _, schema, links in linked(operation):
            for link in links:
                target, _, led = BY_NAME[link["operationId"]]
                declared = {each["name"] for each in led["parameters"]}
                assert set(link["parameters"]) <= declared
                assert set(re.findall(r"{(\w+)}", target)) - set(link["parameters"]) <= {
                    "agent_key"
                }
                for value in link["parameters"].values():
                    if value.startswith(PATH):
                        assert f"{{{value.removeprefix(PATH)}}}" in path
                    else:
                        found = property_at(schema, value.removeprefix(BODY))
                        assert found is not None, (operation["operationId"], value)
                count += 1
    assert count > 250


def test_whatever_can_be_got_by_id_is_linked_from_where_the_id_is_made_or_listed():
    led = {
        link["operationId"]
        for _, _, operation in operations(DOCUMENT)
        for _, _, links in linked(operation)
        for link in links
    }
    for path, method, operation in operations(DOCUMENT):
        ids = [
            each
            for each in operation.get("parameters", [])
            if each["in"] == "path" and each["schema"].get("format") == "uuid"
        ]
        if ids and method == "get":
            assert operation["operationId"] in led, path


def test_the_first_of_many_leads_only_to_what_reads_it():
    known = {
        ("/things", "get"): {"operationId": "list"},
        ("/things", "post"): {"operationId": "make"},
        ("/things/{id}", "get"): {"operationId": "get"},
        ("/things/{id}", "delete"): {"operationId": "delete"},
        ("/things/{id}/parts/{part}", "get"): {"operationId": "part"},
    }
    place = "/things/{id}"
    assert dict(following(known, "/things", "get", {place: "/0/id"})) == {
        "get": {"id": "$response.body#/0/id"}
    }
    assert set(dict(following(known, "/things", "post", {place: "/id"}))) == {"get", "delete"}
    assert set(dict(following(known, place, "delete", {place: "/id"}))) == {"get"}
    assert dict(following(known, place, "get", {f"{place}/parts/{{part}}": "/part"})) == {
        "part": {"id": "$request.path.id", "part": "$response.body#/part"}
    }


def value_of(expression, answer, values):
    if expression.startswith(PATH):
        return values[expression.removeprefix(PATH)]
    for step in expression.removeprefix(BODY).split("/")[1:]:
        answer = answer[int(step) if isinstance(answer, list) else step]
    return answer


SOURCES = {
    "createConversation": {},
    "chat": {},
    "inviteUser": {},
    "createInvite": {},
    "presignUpload": {},
    "createContainer": {},
    "createVectorStore": {},
    "createOperation": {},
    "registerWorker": {},
    "reportIncident": {},
    "subscribeToStatus": {},
    "createAgentSession": {},
    "createHook": {},
    "runWorkflow": {"workflow_key": "approval"},
    "listAgents": {},
    "listWorkflows": {},
    "listGuardrails": {},
    "listGuardrailPresets": {},
    "listActivity": {},
    "listProviderFiles": {},
    "getTenant": {},
    "getOwnUser": {},
}
# Uploading wants the announced bytes; the others a registered worker, named in the body.
ELSEWHERE = {"uploadObject", "startOperation", "reportCompletion"}


def follow(call, name, values, followed, *, reading=False):
    """Call `name`, then whatever its answer leads to: readers first, and theirs; removal last."""
    status, answer = call(name, values)
    _, method, operation = BY_NAME[name]
    # The state of a thing may forbid what is done to it: its id is not unknown for that.
    assert status < 400 or (status == 409 and method != "get"), (name, status, answer)
    for answered, _, links in linked(operation):
        if int(answered) != status:
            continue
        targets = {link["operationId"]: link for link in links}
        for target in sorted(targets, key=last_what_removes):
            reads = BY_NAME[target][1] == "get"
            if (name, target) in followed or target in ELSEWHERE or (reading and not reads):
                continue
            try:
                given = {
                    key: value_of(expression, answer, values)
                    for key, expression in targets[target]["parameters"].items()
                }
            except IndexError:
                continue  # an empty list leads nowhere
            followed.add((name, target))
            follow(call, target, given, followed, reading=True)


def last_what_removes(name):
    """What is within a thing is removed before the thing."""
    path, method, _ = BY_NAME[name]
    return ("get", "post", "patch", "put", "delete").index(method), -len(path)


@pytest.mark.parametrize("source", SOURCES)
def test_links_are_served_when_they_are_followed(live, source):
    def call(name, values):
        place = BY_NAME[name]
        who = "operator" if place[0].startswith("/api/v1/status") else "alice"
        answer = ask(live, DOCUMENT, place, who=who, values=values)
        plain = answer.headers.get("content-type") == "application/json"
        return answer.status_code, answer.json() if plain else None

    followed: set[tuple[str, str]] = set()
    follow(call, source, SOURCES[source], followed)
    assert followed
