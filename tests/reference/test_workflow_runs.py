"""Runs go from state to state and nowhere else; what was sent of them is replayed."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy

from tests.reference.listening import frames, granted, in_order, listening
from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem

W = "/api/v1/workflows"
RUNS = f"{W}/runs"
GIVEN = {"message": "The office moves in May."}
FOREVER = 3600
DONE = b"event: done\ndata: [DONE]\n\n"


def run(live, key="approval", who="alice"):
    answer = live.call(who, "POST", f"{W}/{key}/run", json=GIVEN)
    assert answer.status_code == 201, answer.text
    assert answer.headers["location"] == f"{RUNS}/{answer.json()['workflow_run_id']}"
    return answer.json()


def read(live, run_id, who="alice"):
    return live.call(who, "GET", f"{RUNS}/{run_id}").json()


def kinds(live, run_id):
    items = live.call("alice", "GET", f"{RUNS}/{run_id}/replay/events?limit=100").json()["items"]
    assert [each["sequence"] for each in items] == list(range(1, len(items) + 1))
    return [each.get("status", each["type"]) for each in items]


@pytest.fixture
def slow():
    """One run at a time, whose agent stops after its first piece."""
    with running(settings(ai_pace=FOREVER, workflow_concurrency=1)) as found:
        yield found


def test_the_catalogue_describes_each_workflow(live):
    items = live.call("carol", "GET", W).json()["items"]
    assert {"digest", "approval"} <= {each["key"] for each in items}
    for each in items:
        assert live.call("carol", "GET", f"{W}/{each['key']}").json() == each
    assert_problem(live.call("carol", "GET", f"{W}/nothing"), 404)
    for path in ("run", "run-stream"):
        assert_problem(live.call("alice", "POST", f"{W}/nothing/{path}", json=GIVEN), 404)
    assert "total" in live.call("carol", "GET", RUNS).json()  # not a workflow of that key


def test_a_run_goes_through_its_steps(stored):
    done = run(stored, "digest")
    assert done["status"] == "succeeded"
    assert [each["status"] for each in done["steps"]] == ["succeeded"] * 2
    assert done["output"] == done["steps"][-1]["output"]
    assert done["finished_at"] is not None
    assert read(stored, done["workflow_run_id"], "carol") == done
    listed = stored.call("admin", "GET", RUNS, params={"limit": 100}).json()["items"]
    assert {k: v for k, v in done.items() if k != "steps"} in listed
    assert run(stored, "digest", "bob")["output"] == done["output"]


def test_what_was_streamed_is_replayed_byte_for_byte(stored):
    streamed = stored.call("alice", "POST", f"{W}/digest/run-stream", json=GIVEN)
    sent = [json.loads(data) for _, data in frames(streamed.text)]
    run_id = sent[0]["run_id"]
    replayed = stored.call("carol", "GET", f"{RUNS}/{run_id}/replay/stream")
    assert replayed.content == streamed.content + DONE
    assert in_order("replayRun", [kind for kind, _ in frames(replayed.text)])
    for key in ("digest", "approval", "sort"):
        heard = stored.call("alice", "POST", f"{W}/{key}/run-stream", json=GIVEN).text
        assert in_order("streamWorkflow", [kind for kind, _ in frames(heard)])
    page = stored.call("carol", "GET", f"{RUNS}/{run_id}/replay/events", params={"limit": 100})
    assert page.json()["items"] == sent
    assert [each["status"] for each in sent if each["type"] == "lifecycle"] == ["queued", "running"]
    assert sent[-1]["type"] == "final"
    assert sent[-1]["status"] == read(stored, run_id)["status"] == "succeeded"
    spent = sent[-1]["usage"]
    assert spent["total_tokens"] == spent["prompt_tokens"] + spent["completion_tokens"] > 0


def test_a_run_waits_for_approval_and_then_goes_on(stored):
    waiting = run(stored)
    assert waiting["status"] == "waiting"
    assert [each["status"] for each in waiting["steps"]] == ["succeeded", "waiting", "pending"]
    path = f"{RUNS}/{waiting['workflow_run_id']}/approve"
    assert_problem(stored.call("carol", "POST", path), 403)
    assert_problem(stored.call("bob", "POST", path), 404)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: stored.call("admin", "POST", path), range(4)))
    assert sorted(each.status_code for each in answers) == [200, 409, 409, 409]
    done = read(stored, waiting["workflow_run_id"])
    assert done["status"] == "succeeded"
    assert [each["status"] for each in done["steps"]] == ["succeeded"] * 3
    assert kinds(stored, done["workflow_run_id"])[-1] == "succeeded"


def test_a_run_is_canceled_once_and_for_all(stored):
    run_id = run(stored)["workflow_run_id"]
    path = f"{RUNS}/{run_id}/cancel"
    assert_problem(stored.call("carol", "POST", path), 403)
    assert_problem(stored.call("bob", "POST", path), 404)
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda _: stored.call("alice", "POST", path), range(4)))
    assert sorted(each.status_code for each in answers) == [202, 409, 409, 409]
    canceled = next(each for each in answers if each.status_code == 202)
    assert canceled.json() == {"success": True, "workflow_run_id": run_id, "status": "canceled"}
    before = read(stored, run_id)
    assert before["status"] == "canceled"
    assert [each["status"] for each in before["steps"]] == ["succeeded", "canceled", "pending"]
    assert_problem(stored.call("alice", "POST", f"{RUNS}/{run_id}/approve"), 409)
    assert read(stored, run_id) == before
    assert kinds(stored, run_id).count("canceled") == 1
    done = run(stored, "digest")["workflow_run_id"]
    for verb in ("cancel", "approve"):
        assert_problem(stored.call("alice", "POST", f"{RUNS}/{done}/{verb}"), 409)


def test_a_deleted_run_is_gone_from_reads_and_kept_in_its_table(stored):
    run_id = run(stored)["workflow_run_id"]
    path = f"{RUNS}/{run_id}"
    total = stored.call("alice", "GET", RUNS).json()["total"]
    assert_problem(stored.call("bob", "DELETE", path), 404)
    assert_problem(stored.call("carol", "DELETE", path), 403)
    assert stored.call("admin", "DELETE", path).status_code == 204
    for method, tail in (
        ("GET", ""),
        ("DELETE", ""),
        ("POST", "/cancel"),
        ("POST", "/approve"),
        ("GET", "/replay/events"),
        ("GET", "/replay/stream"),
    ):
        gone = stored.call("alice", method, path + tail)
        never = stored.call("alice", method, f"{RUNS}/{UNKNOWN}{tail}")
        assert_problem(gone, 404)
        assert_problem(never, 404)
    assert stored.call("alice", "GET", RUNS).json()["total"] == total - 1
    query = sqlalchemy.text("SELECT status, deleted_at FROM workflow_runs WHERE id = :id")
    with stored.app.state.platform.database.engine.connect() as connection:
        row = connection.execute(query, {"id": run_id}).one()
    assert row.status == "canceled"
    assert row.deleted_at is not None


def test_another_tenants_runs_do_not_exist(stored):
    run_id = run(stored)["workflow_run_id"]
    before = read(stored, run_id)
    for tail in ("", "/replay/events", "/replay/stream"):
        assert_problem(stored.call("bob", "GET", f"{RUNS}/{run_id}{tail}"), 404)
    items = stored.call("bob", "GET", RUNS, params={"limit": 100}).json()["items"]
    assert run_id not in [each["workflow_run_id"] for each in items]
    for path in ("run", "run-stream"):
        assert_problem(stored.call("carol", "POST", f"{W}/digest/{path}", json=GIVEN), 403)
    assert read(stored, run_id) == before


def test_a_reader_that_goes_cancels_the_run_and_gives_the_lease_back(slow):
    with listening(slow, "alice", f"{W}/digest/run-stream", GIVEN) as heard:
        run_id = heard.next()[1]["run_id"]
        assert [heard.next()[0] for _ in range(3)] == ["lifecycle", "step.started", "message.delta"]
        assert read(slow, run_id)["status"] == "running"
        refused = slow.call("admin", "POST", f"{W}/sort/run", json=GIVEN)
        assert_problem(refused, 429)
        assert refused.headers["retry-after"] == "1"
        with listening(slow, "bob", f"{W}/sort/run-stream", GIVEN) as other:
            assert other.answer.status_code == 200  # each tenant has leases of its own
    # An approval takes a lease too, before it finds that there is no such run.
    path = f"{RUNS}/{UNKNOWN}/approve"
    assert_problem(granted(lambda: slow.call("alice", "POST", path)), 404)
    ended = read(slow, run_id)
    assert ended["status"] == "canceled"
    assert [each["status"] for each in ended["steps"]] == ["canceled", "pending"]
    assert kinds(slow, run_id)[-1] == "canceled"


@pytest.mark.parametrize(("method", "tail"), [("POST", "/cancel"), ("DELETE", "")])
def test_who_listens_to_a_run_that_is_stopped_is_told(slow, method, tail):
    with listening(slow, "alice", f"{W}/digest/run-stream", GIVEN) as heard:
        run_id = heard.next()[1]["run_id"]
        before = [heard.next()[0] for _ in range(3)]
        assert before[-1] == "message.delta"
        stopped = slow.call("admin", method, f"{RUNS}/{run_id}{tail}")
        assert stopped.is_success
        (last,) = heard.rest()
    assert last[0] == "final"
    assert in_order("streamWorkflow", ["lifecycle", *before, "final"])
    assert last[1]["status"] == "canceled"
    path = f"{RUNS}/{UNKNOWN}/approve"
    assert_problem(granted(lambda: slow.call("alice", "POST", path)), 404)


def test_an_outage_fails_the_run():
    with running(settings(ai_provider="outage", workflow_concurrency=1)) as live:
        failed = run(live, "digest")
        assert failed["status"] == "failed"
        assert [each["status"] for each in failed["steps"]] == ["failed", "pending"]
        assert kinds(live, failed["workflow_run_id"])[-2:] == ["error", "failed"]
        heard = live.call("alice", "POST", f"{W}/digest/run-stream", json=GIVEN).text
        assert in_order("streamWorkflow", [kind for kind, _ in frames(heard)])
        assert_problem(
            live.call("alice", "POST", f"{RUNS}/{failed['workflow_run_id']}/cancel"), 409
        )
