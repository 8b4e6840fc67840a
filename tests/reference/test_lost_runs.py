"""What goes on beyond its lease has failed: told once, and whoever still works on it stops."""

import asyncio
import json
from datetime import timedelta

from sqlalchemy import update

from tests.reference.listening import frames
from troth.reference.domain import chat, lost_runs, turns
from troth.reference.domain.access import Caller
from troth.reference.schemas.chat import NewTurn
from troth.reference.storage.agent_sessions import AgentSession
from troth.reference.storage.ledger import LedgerEvent
from troth.reference.storage.tables import now

LONG_AGO = timedelta(days=1)


def caller(live) -> Caller:
    me = live.call("alice", "GET", "/api/v1/auth/me").json()
    return Caller(me["user_id"], "", me["tenant_id"], "", "", "", me["role"])


def test_a_session_whose_turn_outlived_its_lease_is_in_error_and_goes_on(stored):
    platform = stored.app.state.platform
    asked = stored.ask("alice", "POST", "/api/v1/query/single", json={"prompt": "Begin"})
    session = asked.json()["session_id"]
    with platform.database.write() as db:
        mine = update(AgentSession).where(AgentSession.id == session)
        db.execute(mine.values(status="running", run="x", updated_at=now() - LONG_AGO))
    lost_runs.sweep(platform)
    where = f"/api/v1/sessions/{session}"
    assert stored.ask("alice", "GET", where).json()["status"] == "error"
    again = stored.ask("alice", "POST", f"{where}/resume", json={"prompt": "Go on"})
    assert "result" in [kind for kind, _ in frames(again.text)]


def test_a_turn_beyond_its_lease_fails_and_who_still_answers_hears_of_it(stored):
    platform = stored.app.state.platform
    turn = turns.begin(platform, caller(stored), NewTurn(message="Well?"))
    with platform.database.write() as db:
        mine = update(LedgerEvent).where(LedgerEvent.run_id == turn.run_id)
        db.execute(mine.values(created_at=now() - LONG_AGO))

    async def heard():
        told = []
        async for event in chat.events(platform, turn):
            told.append(event)
            if len(told) == 2:
                lost_runs.sweep(platform)
        return told

    try:
        told = asyncio.run(heard())
    finally:
        turns.end(platform, turn)
    assert [each.type for each in told] == ["lifecycle", "message.delta", "error", "final"]
    assert json.loads(told[2].data)["code"] == "lost"
    where = f"/api/v1/conversations/{turn.conversation_id}/ledger/events"
    kept = stored.call("alice", "GET", where).json()["items"]
    assert [each["type"] for each in kept] == [each.type for each in told]
    assert lost_runs.sweep(platform) == 0
