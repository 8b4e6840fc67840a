"""Bytes come and go as announced, by signed URLs only, and are nobody else's."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from typing import get_args

import pytest

from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless
from troth.reference.domain.agent_catalog import AGENT_KEYS
from troth.reference.object_store import FolderObjects, MemoryObjects
from troth.reference.schemas.uploads import AgentKey
from troth.reference.tickets import Tickets

S = "/api/v1/storage"
OCTETS = {"Content-Type": "application/octet-stream"}
TEXT = b"Bring the figures.\n"


def announce(live, data=TEXT, who="alice", path=f"{S}/objects/upload-url", **changes):
    body = {"filename": "notes.txt", "content_type": "text/plain", "size": len(data)} | changes
    made = live.call(who, "POST", path, json=body)
    assert made.status_code == 201, made.text
    return made.json()


def send(live, leave, data=TEXT, **headers):
    return live.client.put(leave["upload_url"], content=data, headers=OCTETS | headers)


def stored_object(live, data=TEXT, who="alice", **changes):
    leave = announce(live, data, who, **changes)
    answer = send(live, leave, data)
    assert answer.status_code == 200, answer.text
    return answer.json()


def download_url(live, id_, who="alice"):
    return live.call(who, "GET", f"{S}/objects/{id_}/download-url")


def test_bytes_go_up_and_come_down(stored):
    leave = announce(stored, sha256=sha256(TEXT).hexdigest())
    assert leave["method"] == "PUT"
    assert leave["headers"] == OCTETS
    assert_problem(download_url(stored, leave["object_id"]), 409)
    shown = send(stored, leave).json()
    assert shown["state"] == "stored"
    assert shown["sha256"] == sha256(TEXT).hexdigest()
    assert shown in stored.call("carol", "GET", f"{S}/objects?limit=100").json()["items"]
    got = stored.client.get(download_url(stored, shown["id"], "carol").json()["download_url"])
    assert got.content == TEXT
    assert got.headers["content-disposition"] == 'attachment; filename="notes.txt"'
    assert got.headers["content-type"] == "text/plain; charset=utf-8"
    assert got.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("data", "changes"),
    [
        (TEXT + b"x", {}),
        (TEXT[:-1], {}),
        (b"", {}),
        (TEXT.upper(), {"sha256": sha256(TEXT).hexdigest()}),
        (TEXT, {"content_type": "image/png"}),
        (b"\xff" * len(TEXT), {}),
        (b"\0" * len(TEXT), {}),
    ],
)
def test_what_was_not_announced_is_not_kept(live, data, changes):
    leave = announce(live, **changes)
    assert_problem(send(live, leave, data), 409)
    assert_problem(download_url(live, leave["object_id"]), 409)


def test_the_first_bytes_stay_and_may_be_sent_again(stored):
    leave = announce(stored)
    sent = [bytes([65 + n]) * len(TEXT) for n in range(8)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda data: send(stored, leave, data), sent))
    assert sorted(each.status_code for each in answers) == [200] + [409] * 7
    won = next(data for data, each in zip(sent, answers, strict=True) if each.is_success)
    assert send(stored, leave, won).status_code == 200
    url = download_url(stored, leave["object_id"]).json()["download_url"]
    assert stored.client.get(url).content == won
    kept = stored.app.state.platform.content.objects._kept
    assert len([key for key in kept if key.startswith(leave["object_id"])]) == 1


def test_an_upload_that_is_too_large_or_of_another_type_is_refused(live):
    leave = announce(live)
    assert_problem(send(live, leave, b"x" * (1024 * 1024 + 1)), 413)
    assert_problem(send(live, leave, **{"Content-Type": "text/plain"}), 415)
    assert_problem(live.client.put(leave["upload_url"], content=(b"x" * 65536,) * 17), 415)
    body = {"filename": "x", "content_type": "text/plain", "size": 1024 * 1024 + 1}
    assert_problem(live.call("alice", "POST", f"{S}/objects/upload-url", json=body), 422)


def test_a_stream_without_a_length_is_read_no_further_than_the_bound(live):
    leave = announce(live)
    answer = live.client.put(
        leave["upload_url"], content=(b"x" * 65536 for _ in range(17)), headers=OCTETS
    )
    assert_problem(answer, 413)


def test_a_ticket_is_good_for_its_deed_as_it_was_issued(live):
    leave = announce(live)
    send(live, leave)
    got = download_url(live, leave["object_id"]).json()
    up, down = leave["upload_token"], got["download_token"]
    assert_problem(live.client.get(f"{S}/downloads/{up}"), 403)
    assert_problem(live.client.put(f"{S}/uploads/{down}", content=TEXT, headers=OCTETS), 403)
    raw = urlsafe_b64decode(down)
    for place in range(len(raw)):
        forged = raw[:place] + bytes([raw[place] ^ 1]) + raw[place + 1 :]
        path = f"{S}/downloads/{urlsafe_b64encode(forged).decode()}"
        assert_problem(live.client.get(path), 403)
    for text in (down[:-1], down + "A", down[:-1] + "=", down[:-1] + "%0A"):
        assert_problem(live.client.get(f"{S}/downloads/{text}"), 422)


def test_a_ticket_runs_out_and_is_no_other_instances():
    assert Tickets("key", 0).believe(Tickets("key", 0).issue("upload", UNKNOWN).text) is None
    text = Tickets("key", 60).issue("upload", UNKNOWN).text
    assert Tickets("key", 60).believe(text, "upload").object_id == UNKNOWN
    assert Tickets("key", 60).believe(text, "download", "thumbnail") is None
    assert Tickets("other", 60).believe(text, "upload") is None
    assert Tickets(None, 60).believe(Tickets(None, 60).issue("upload", UNKNOWN).text) is None


def test_deleting_takes_the_bytes_and_may_be_repeated(stored):
    shown = stored_object(stored)
    path = f"{S}/objects/{shown['id']}"
    url = download_url(stored, shown["id"]).json()["download_url"]
    late = announce(stored)
    assert_problem(stored.call("carol", "DELETE", path), 403)
    for _ in range(2):
        assert stored.call("alice", "DELETE", path).status_code == 204
    assert_problem(stored.client.get(url), 404)
    assert_problem(download_url(stored, shown["id"]), 404)
    listed = stored.call("alice", "GET", f"{S}/objects?limit=100").json()["items"]
    assert shown["id"] not in [each["id"] for each in listed]
    kept = stored.app.state.platform.content.objects._kept
    assert not [key for key in kept if key.startswith(shown["id"])]
    assert stored.call("alice", "DELETE", f"{S}/objects/{late['object_id']}").status_code == 204
    assert_problem(send(stored, late), 404)


def test_foreign_and_unknown_objects_cannot_be_told_apart(stored):
    shown = stored_object(stored)
    for method, tail in (("GET", "/download-url"), ("DELETE", "")):
        foreign = stored.call("bob", method, f"{S}/objects/{shown['id']}{tail}")
        unknown = stored.call("bob", method, f"{S}/objects/{UNKNOWN}{tail}")
        assert_problem(foreign, 404)
        assert faceless(foreign) == faceless(unknown)
    theirs = stored.call("bob", "GET", f"{S}/objects?limit=100").json()["items"]
    assert shown["id"] not in [each["id"] for each in theirs]
    assert download_url(stored, shown["id"]).status_code == 200


def test_a_viewer_reads_and_a_stranger_does_nothing(live):
    body = {"filename": "x", "content_type": "text/plain", "size": 1}
    for path in (f"{S}/objects/upload-url", "/api/v1/uploads/agent-input"):
        given = body | ({"agent_key": "writer"} if "agent" in path else {})
        assert_problem(live.call("carol", "POST", path, json=given), 403)
        assert_problem(live.client.post(path, json=given), 401)


def test_what_is_for_an_agent_is_its_uploaders_alone(stored):
    assert get_args(AgentKey) == AGENT_KEYS
    talk = stored.talk("alice")
    path = "/api/v1/uploads/agent-input"
    leave = announce(stored, path=path, agent_key="writer", conversation_id=talk.upper())
    shown = send(stored, leave).json()
    assert shown["purpose"] == "agent-input"
    assert download_url(stored, shown["id"]).status_code == 200
    assert_problem(download_url(stored, shown["id"], "admin"), 404)
    assert_problem(stored.call("admin", "DELETE", f"{S}/objects/{shown['id']}"), 404)
    body = {"filename": "x", "content_type": "text/plain", "size": 1, "agent_key": "writer"}
    for who, id_ in (("admin", talk), ("bob", talk), ("alice", UNKNOWN)):
        refused = stored.call(who, "POST", path, json=body | {"conversation_id": id_})
        assert_problem(refused, 404)
    assert_problem(stored.call("alice", "POST", path, json=body | {"agent_key": "x"}), 422)


def test_both_stores_keep_whole_things(tmp_path):
    for store in (MemoryObjects(), FolderObjects(tmp_path / "deep" / "objects")):
        assert store.get("a.b") is None
        assert not store.has("a.b")
        store.put("a.b", b"1")
        store.put("a.b", b"1")
        assert store.get("a.b") == b"1"
        assert store.has("a.b")
        store.delete("a.b")
        store.delete("a.b")
        assert store.get("a.b") is None
    assert list((tmp_path / "deep" / "objects").iterdir()) == []


def test_a_folder_and_a_key_outlive_the_process_and_memory_does_not(tmp_path):
    database = f"sqlite:///{tmp_path}/kept.sqlite3"
    kept = settings(
        database_url=database, storage_folder=tmp_path / "objects", storage_key="a key of two"
    )
    with running(kept) as one:
        shown = stored_object(one)
        url = download_url(one, shown["id"]).json()["download_url"]
        new = {"object_id": shown["id"], "name": "Kept"}
        registered = one.call("alice", "POST", "/api/v1/assets", json=new).json()
    with running(kept) as two:
        assert two.client.get(url).content == TEXT
    with running(settings(database_url=database)) as forgetful:
        assert_problem(forgetful.client.get(url), 403)
        assert_problem(download_url(forgetful, shown["id"]), 409)
        path = f"/api/v1/assets/{registered['id']}/download-url"
        assert_problem(forgetful.call("alice", "GET", path), 409)
        # The seed's picture was lost with the store, and is planted again.
        asset = forgetful.call("alice", "GET", "/api/v1/assets").json()["items"][0]
        leave = forgetful.call("alice", "GET", f"/api/v1/assets/{asset['id']}/download-url")
        assert forgetful.client.get(leave.json()["download_url"]).status_code == 200
