"""A turn that runs: alone with its session, stopped at once, given back when its reader goes."""

import pytest

from tests.reference.agents import Begun, S, asked, session, single
from tests.reference.test_envelope import assert_problem
from troth.reference.domain import agent_turn_rows


def settled(live, id_):
    while (shown := session(live, id_))["status"] == "running":
        pass
    return shown


def test_a_session_that_runs_takes_no_second_turn(stored):
    with Begun(stored) as turn:
        assert session(stored, turn.id)["status"] == "running"
        body = {"prompt": "x"}
        for path in ("resume", "fork"):
            refused = stored.ask("alice", "POST", f"{S}/{turn.id}/{path}", json=body)
            assert_problem(refused, 409)
        refused = stored.ask("alice", "POST", f"{S}/{turn.id}/answer", json={"answer": "x"})
        assert_problem(refused, 409)
        listed = stored.ask("alice", "GET", f"{S}/{turn.id}/checkpoints").json()
        first = listed["checkpoints"][0]["checkpoint_id"]
        assert_problem(stored.ask("alice", "POST", f"/api/v1/checkpoints/{first}/rewind"), 409)
        # A stranger is not told that it runs.
        assert_problem(stored.ask("bob", "POST", f"{S}/{turn.id}/resume", json=body), 404)
        control = stored.ask("alice", "POST", f"{S}/{turn.id}/control", json={"max_turns": 7})
        assert control.json()["status"] == "running"
        turn.agent.go()
        assert turn.rest()[-2][1]["text"] == "one two"
    shown = session(stored, turn.id)
    assert (shown["status"], shown["turn"], shown["max_turns"]) == ("idle", 1, 7)


def test_an_interruption_ends_the_stream_and_the_session_can_be_resumed(stored):
    with Begun(stored) as turn:
        stopped = stored.ask("alice", "POST", f"{S}/{turn.id}/interrupt")
        assert stopped.json() == {"session_id": turn.id, "status": "interrupted"}
        found = turn.rest()
    assert [kind for kind, _ in found] == ["init", "partial", "result", "done"]
    assert found[-2][1]["status"] == "interrupted"
    assert found[-2][1]["checkpoint_id"] is None
    assert turn.agent.left.is_set()
    shown = session(stored, turn.id)
    assert (shown["status"], shown["turn"]) == ("interrupted", 0)
    resumed = asked(stored, path=f"{S}/{turn.id}/resume")
    assert (resumed[0][1]["turn"], resumed[-2][1]["status"]) == (1, "completed")


def test_a_stranger_interrupts_nothing(stored):
    with Begun(stored) as turn:
        assert_problem(stored.ask("bob", "POST", f"{S}/{turn.id}/interrupt"), 404)
        turn.agent.go()
        assert turn.rest()[-2][1]["status"] == "completed"


def test_when_the_reader_goes_the_session_can_be_resumed(stored):
    with Begun(stored) as turn:
        pass
    assert settled(stored, turn.id)["status"] == "interrupted"
    assert turn.agent.left.wait()
    # The lease goes right after the row, so that a refusal can only be a last echo of it.
    while True:
        path = f"{S}/{turn.id}/resume"
        if stored.ask("alice", "POST", path, json={"prompt": "x"}).status_code == 200:
            break
    assert session(stored, turn.id)["turn"] == 1


def test_deleting_a_session_ends_its_turn(stored):
    with Begun(stored) as turn:
        assert stored.ask("alice", "DELETE", f"{S}/{turn.id}").status_code == 204
        assert turn.rest()[-2][1]["status"] == "interrupted"
    assert_problem(stored.ask("alice", "GET", f"{S}/{turn.id}"), 404)


def test_a_session_whose_process_died_is_free_when_its_lease_is_over(stored, monkeypatch):
    platform = stored.app.state.platform
    id_ = single(stored)["session_id"]
    lost = platform.leases.take(f"agent-session:{id_}", 1, 60.0)
    with platform.database.write() as db:
        row = db.get(agent_turn_rows.AgentSession, id_)
        row.status, row.run = "running", lost
    refused = stored.ask("alice", "POST", f"{S}/{id_}/resume", json={"prompt": "x"})
    assert_problem(refused, 409)
    platform.leases.release(f"agent-session:{id_}", lost)  # as its time running out does
    assert asked(stored, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"


class Failing:
    async def take(self, turn):
        raise RuntimeError("a secret of the provider")
        yield


def test_an_agent_that_fails_is_an_error_that_tells_nothing(stored):
    stored.app.state.agent_turns = Failing()
    try:
        found = asked(stored)
    finally:
        del stored.app.state.agent_turns
    assert [kind for kind, _ in found] == ["init", "error", "done"]
    assert found[1][1]["code"] == "provider_failed"
    assert "secret" not in str(found)
    id_ = found[0][1]["session_id"]
    assert session(stored, id_)["status"] == "error"
    assert asked(stored, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"


@pytest.mark.parametrize("path", ["resume", "fork"])
def test_ids_are_read_in_either_case(stored, path):
    id_ = single(stored)["session_id"]
    found = asked(stored, path=f"{S}/{id_.upper()}/{path}")
    assert (found[0][1]["session_id"] == id_) == (path == "resume")
