"""Operations go one way through their states; whose worker falls silent has failed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy

from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.domain import orphans
from troth.reference.domain.operations import TRANSITIONS
from troth.reference.storage.tables import now
from troth.reference.storage.workers import Worker

O = "/api/v1/operations"  # noqa: E741
W = "/api/v1/workers"
NEW = {"kind": "export", "display_name": "Export"}
BODIES = {
    "complete": {"summary": "done"},
    "fail": {"reason": "no disk"},
    "cancel": None,
    "checkpoints": {"progress": 50, "note": "half"},
}
ENDS = {"complete": "COMPLETED", "fail": "FAILED", "cancel": "CANCELLED"}


def worker(live, who="alice"):
    made = live.call(who, "POST", W, json={"display_name": "w", "kind": "export"})
    assert made.status_code == 201, made.text
    assert made.json()["alive"] is True
    return made.json()["id"]


def operation(live, who="alice"):
    made = live.call(who, "POST", O, json=NEW)
    assert made.status_code == 201, made.text
    assert made.json()["state"] == "PENDING"
    assert live.call(who, "GET", made.headers["location"]).json() == made.json()
    return made.json()["id"]


def step(live, id_, name, who="alice", by=None):
    body = {"worker_id": by or worker(live, who)} if name == "start" else BODIES[name]
    return live.call(who, "POST", f"{O}/{id_}/{name}", json=body)


def in_state(live, state):
    id_ = operation(live)
    if state in ("RUNNING", "COMPLETED", "FAILED"):
        assert step(live, id_, "start").json()["state"] == "RUNNING"
    for name, end in ENDS.items():
        if end == state:
            assert step(live, id_, name).json()["state"] == end
    return id_


@pytest.mark.parametrize("name", ["start", "checkpoints", "complete", "fail", "cancel"])
@pytest.mark.parametrize("state", ["PENDING", "RUNNING", "COMPLETED", "FAILED", "CANCELLED"])
def test_every_step_from_every_state(stored, state, name):
    id_ = in_state(stored, state)
    before = stored.call("alice", "GET", f"{O}/{id_}").json()
    assert before["state"] == state
    answer = step(stored, id_, name)
    after = stored.call("alice", "GET", f"{O}/{id_}").json()
    transition = TRANSITIONS["checkpoint" if name == "checkpoints" else name]
    if state not in transition.sources:
        assert_problem(answer, 409)
        assert after == before
        return
    assert answer.status_code == (201 if name == "checkpoints" else 200)
    assert after["state"] == transition.target
    assert (after["finished_at"] is not None) == (name in ENDS)
    if name != "checkpoints":
        assert answer.json() == after


def test_of_many_that_end_it_at_once_one_does(stored):
    for _ in range(3):
        id_ = in_state(stored, "RUNNING")
        names = ["complete", "fail", "cancel"] * 3
        with ThreadPoolExecutor(9) as pool:
            answers = list(pool.map(lambda name: (name, step(stored, id_, name)), names))  # noqa: B023
        done = [(name, answer) for name, answer in answers if answer.status_code == 200]
        said = [(name, answer.status_code, answer.text) for name, answer in answers]
        assert sorted(status for _, status, _ in said) == [200] + [409] * 8, said
        assert stored.call("alice", "GET", f"{O}/{id_}").json() == done[0][1].json()
        assert done[0][1].json()["state"] == ENDS[done[0][0]]


def test_checkpoints_are_numbered_without_gaps(stored):
    id_ = in_state(stored, "RUNNING")
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: step(stored, id_, "checkpoints"), range(8)))
    assert sorted(each.json()["number"] for each in made) == list(range(1, 9))
    assert step(stored, id_, "complete").json()["checkpoint_count"] == 8
    page = stored.call("alice", "GET", f"{O}/{id_}/checkpoints", params={"limit": 3}).json()
    assert (page["total"], len(page["items"])) == (8, 3)
    assert page["next_cursor"] is not None


def test_a_worker_reports_only_what_it_has(stored):
    mine, others = worker(stored), worker(stored)
    id_ = operation(stored)
    report = {"operation_id": id_, "summary": "all of it"}
    assert_problem(stored.call("alice", "POST", f"{W}/{mine}/complete", json=report), 409)
    assert step(stored, id_, "start", by=mine).json()["worker_id"] == mine
    assert_problem(stored.call("alice", "POST", f"{W}/{others}/complete", json=report), 409)
    done = stored.call("alice", "POST", f"{W}/{mine.upper()}/complete", json=report)
    assert done.status_code == 200
    assert done.json()["operation"] == stored.call("alice", "GET", f"{O}/{id_}").json()
    assert done.json()["operation"]["summary"] == "all of it"
    assert_problem(stored.call("alice", "POST", f"{W}/{mine}/complete", json=report), 409)


def test_nothing_of_another_tenant_exists(stored):
    id_, by = in_state(stored, "RUNNING"), worker(stored)
    for thing in (id_, UNKNOWN):
        assert_problem(stored.call("bob", "GET", f"{O}/{thing}"), 404)
        assert_problem(stored.call("bob", "GET", f"{O}/{thing}/checkpoints"), 404)
        for name in BODIES:
            assert_problem(step(stored, thing, name, "bob"), 404)
        assert_problem(step(stored, thing, "start", "bob"), 404)
    theirs = operation(stored, "bob")
    for one in (by, UNKNOWN):
        assert_problem(step(stored, theirs, "start", "bob", by=one), 404)
        assert_problem(stored.call("bob", "POST", f"{W}/{one}/heartbeat"), 404)
        report = {"operation_id": theirs, "summary": "x"}
        assert_problem(stored.call("bob", "POST", f"{W}/{one}/complete", json=report), 404)
    report = {"operation_id": id_, "summary": "x"}
    path = f"{W}/{worker(stored, 'bob')}/complete"
    assert_problem(stored.call("bob", "POST", path, json=report), 404)
    assert stored.call("alice", "GET", f"{O}/{id_}").json()["state"] == "RUNNING"
    seen = stored.call("bob", "GET", W, params={"limit": 100}).json()["items"]
    assert by not in [each["id"] for each in seen]


def test_a_viewer_looks_on(stored):
    assert_problem(stored.call("carol", "POST", O, json=NEW), 403)
    assert_problem(stored.call("carol", "POST", W, json=NEW), 403)
    id_ = operation(stored)
    assert stored.call("carol", "GET", f"{O}/{id_}").json()["state"] == "PENDING"
    page = stored.call("carol", "GET", O, params={"state": "PENDING"}).json()
    assert {each["state"] for each in page["items"]} == {"PENDING"}


def age(live, worker_id, seconds):
    with live.app.state.platform.database.write() as db:
        db.execute(
            sqlalchemy.update(Worker)
            .where(Worker.id == worker_id)
            .values(heartbeat_at=now() - timedelta(seconds=seconds))
        )


def test_operations_of_silent_workers_have_failed(stored):
    platform = stored.app.state.platform
    silent, alive = worker(stored), worker(stored)
    lost, kept, pending = (operation(stored) for _ in range(3))
    step(stored, lost, "start", by=silent)
    step(stored, kept, "start", by=alive)
    age(stored, silent, 61)
    age(stored, alive, 61)
    beat = stored.call("alice", "POST", f"{W}/{alive}/heartbeat")
    assert beat.json()["alive"] is True
    with ThreadPoolExecutor(4) as pool:
        counts = list(pool.map(lambda _: orphans.sweep(platform), range(4)))
    # The service's own round may have been faster; nobody counts it twice.
    assert sum(counts) <= 1
    found = stored.call("alice", "GET", f"{O}/{lost}").json()
    assert (found["state"], found["reason"]) == ("FAILED", "orphaned")
    assert stored.call("alice", "GET", f"{O}/{kept}").json()["state"] == "RUNNING"
    assert stored.call("alice", "GET", f"{O}/{pending}").json()["state"] == "PENDING"
    report = {"operation_id": lost, "summary": "late"}
    assert_problem(stored.call("alice", "POST", f"{W}/{silent}/complete", json=report), 409)


def metric(live, name):
    text = live.client.get("/metrics").text
    wanted = f'troth_background_{name}{{task="orphans"}} '
    (line,) = [each for each in text.splitlines() if each.startswith(wanted)]
    return float(line.removeprefix(wanted))


def test_the_search_starts_works_is_seen_and_stops():
    given = settings(orphan_interval=0.01, worker_timeout=0.05)
    with running(given) as live:
        id_ = in_state(live, "RUNNING")
        while live.call("alice", "GET", f"{O}/{id_}").json()["state"] == "RUNNING":
            pass
        assert live.call("alice", "GET", f"{O}/{id_}").json()["reason"] == "orphaned"
        rounds = metric(live, "rounds_total")
        while metric(live, "rounds_total") <= rounds:
            pass
        assert metric(live, "running") == 1
        assert metric(live, "changed_total") == 1
        assert metric(live, "failures_total") == 0
        (task,) = [
            each for each in live.app.state.platform.background.seen() if each.name == "orphans"
        ]
    assert not task.running
