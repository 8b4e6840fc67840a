"""Containers and the provider's files are one tenant's; an agent works in one container at most."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless

C = "/api/v1/containers"
AT = "/api/v1/openai"


def container(live, who="alice", name="Analysis"):
    made = live.call(who, "POST", C, json={"name": name})
    assert made.status_code == 201, made.text
    assert made.headers["location"] == f"{C}/{made.json()['id']}"
    return made.json()


def bind(live, id_, key="triage", who="alice"):
    path = f"{C}/agents/{key}/container"
    return live.call(who, "POST", path, json={"container_id": id_})


def agents(live, id_, who="alice"):
    return live.call(who, "GET", f"{C}/{id_}").json()["agents"]


def test_a_container_is_opened_listed_and_deleted(stored):
    made = container(stored)
    path = f"{C}/{made['id']}"
    assert stored.call("carol", "GET", path).json() == made
    assert made in stored.call("carol", "GET", f"{C}?limit=100").json()["items"]
    assert_problem(stored.call("carol", "DELETE", path), 403)
    for _ in range(2):
        assert stored.call("alice", "DELETE", path).status_code == 204
    for tail in ("", "/files"):
        assert_problem(stored.call("alice", "GET", path + tail), 404)
    listed = stored.call("alice", "GET", f"{C}?limit=100").json()["items"]
    assert made["id"] not in [each["id"] for each in listed]
    assert_problem(stored.call("alice", "DELETE", f"{C}/{UNKNOWN}"), 404)


def test_an_agent_works_in_one_container(stored):
    one, two = container(stored), container(stored)
    assert bind(stored, one["id"]).status_code == 204
    assert bind(stored, one["id"], "writer").status_code == 204
    assert agents(stored, one["id"]) == ["triage", "writer"]
    assert bind(stored, two["id"].upper()).status_code == 204
    assert (agents(stored, one["id"]), agents(stored, two["id"])) == (["writer"], ["triage"])
    for _ in range(2):
        gone = stored.call("alice", "DELETE", f"{C}/agents/triage/container")
        assert gone.status_code == 204
    assert agents(stored, two["id"]) == []
    stored.call("alice", "DELETE", f"{C}/{one['id']}")
    assert_problem(bind(stored, one["id"]), 404)
    listed = stored.call("alice", "GET", f"{C}?limit=100").json()["items"]
    assert not [each for each in listed if "writer" in each["agents"]]


def test_of_many_bindings_at_once_one_is_left(stored):
    made = [container(stored)["id"] for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: bind(stored, made[n % 4], "researcher"), range(16)))
    assert {each.status_code for each in answers} == {204}
    assert sum(len(agents(stored, id_)) for id_ in made) == 1


def test_bindings_are_the_tenants_and_the_agents_known(stored):
    mine, theirs = container(stored), container(stored, "bob")
    assert_problem(bind(stored, theirs["id"]), 404)
    assert_problem(bind(stored, mine["id"], "nobody"), 404)
    assert_problem(stored.call("alice", "DELETE", f"{C}/agents/nobody/container"), 404)
    assert_problem(bind(stored, mine["id"], who="carol"), 403)
    assert bind(stored, mine["id"]).status_code == 204
    assert bind(stored, theirs["id"], who="bob").status_code == 204
    assert stored.call("bob", "DELETE", f"{C}/agents/triage/container").status_code == 204
    assert agents(stored, mine["id"]) == ["triage"]


@pytest.mark.parametrize(("method", "tail"), [("GET", ""), ("GET", "/files"), ("DELETE", "")])
def test_foreign_and_unknown_containers_cannot_be_told_apart(stored, method, tail):
    made = container(stored)
    foreign = stored.call("bob", method, f"{C}/{made['id']}{tail}")
    unknown = stored.call("bob", method, f"{C}/{UNKNOWN}{tail}")
    assert_problem(foreign, 404)
    assert faceless(foreign) == faceless(unknown)
    assert stored.call("alice", "GET", f"{C}/{made['id']}").json() == made


def test_a_containers_file_is_handed_through_to_its_tenant(stored):
    made, other = container(stored), container(stored)
    (file,) = stored.call("carol", "GET", f"{C}/{made['id']}/files").json()["items"]
    path = f"{AT}/containers/{made['id']}/files/{file['id']}/download"
    got = stored.call("carol", "GET", path)
    assert got.headers["content-type"] == "application/octet-stream"
    assert got.headers["content-disposition"] == 'attachment; filename="README.txt"'
    assert len(got.content) == file["bytes"]
    assert_problem(stored.call("bob", "GET", path), 404)
    elsewhere = f"{AT}/containers/{other['id']}/files/{file['id']}/download"
    assert_problem(stored.call("alice", "GET", elsewhere), 404)
    assert_problem(stored.call("alice", "GET", f"{AT}/files/{file['id']}/download"), 404)
    stored.call("alice", "DELETE", f"{C}/{made['id']}")
    assert_problem(stored.call("alice", "GET", path), 404)


def test_the_providers_files_are_one_tenants(stored):
    mine = stored.call("alice", "GET", f"{AT}/files").json()["items"]
    theirs = stored.call("bob", "GET", f"{AT}/files").json()["items"]
    assert len(mine) == len(theirs) == 2
    assert not {each["id"] for each in mine} & {each["id"] for each in theirs}
    for each in mine:
        path = f"{AT}/files/{each['id']}/download"
        got = stored.call("carol", "GET", path)
        assert len(got.content) == each["bytes"]
        assert each["filename"] in got.headers["content-disposition"]
        assert_problem(stored.call("bob", "GET", path), 404)


def test_the_providers_files_are_paged(live):
    whole = live.call("alice", "GET", f"{AT}/files").json()
    first = live.call("alice", "GET", f"{AT}/files?limit=1").json()
    rest = live.call("alice", "GET", f"{AT}/files?cursor={first['next_cursor']}").json()
    assert first["items"] + rest["items"] == whole["items"]
    assert rest["next_cursor"] is None
    assert rest["total"] == first["total"] == 2
    assert live.call("alice", "GET", f"{AT}/files?offset=1").json()["items"] == rest["items"]
    for cursor, number in (("0" * 46, 2), ("f" * 46, 0)):
        page = live.call("alice", "GET", f"{AT}/files?cursor={cursor}").json()
        assert len(page["items"]) == number
