"""Turns are answered, kept and replayed; their leases come back, however they end."""

import asyncio
import json
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from starlette.datastructures import Headers
from starlette.requests import ClientDisconnect

from tests.reference.listening import frames, granted, in_order, listening
from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from troth.reference.domain import chat, turns
from troth.reference.domain.access import authenticate
from troth.reference.events import PING, EventStream
from troth.reference.schemas.chat import NewTurn
from troth.reference.stopping import Stopping

CHAT = "/api/v1/chat"
C = "/api/v1/conversations"
ASKED = {"message": "How did the quarter go?"}
FOREVER = 3600


def ask(live, who="alice", **changes):
    return live.call(who, "POST", CHAT, json=ASKED | changes)


def ledger(live, conversation, who="alice"):
    return live.call(who, "GET", f"{C}/{conversation}/ledger/events", params={"limit": 100}).json()


@pytest.fixture
def slow():
    """One turn at a time, and an answer that stops after its first piece."""
    with running(settings(ai_pace=FOREVER, chat_concurrency=1)) as found:
        yield found


def test_a_turn_begins_a_conversation_and_another_goes_on(stored):
    first = ask(stored)
    assert first.status_code == 200
    shown = first.json()
    path = f"{C}/{shown['conversation_id']}"
    assert stored.call("alice", "GET", path).json()["display_name"] == "How did the quarter go"
    items = stored.call("alice", "GET", f"{path}/messages").json()["items"]
    assert [each["content"] for each in items] == [ASKED["message"], shown["message"]["content"]]
    one = stored.call("alice", "GET", f"{path}/messages/{shown['message']['id']}")
    assert one.json() == shown["message"]
    again = ask(stored, conversation_id=shown["conversation_id"].upper(), agent_key="writer").json()
    assert again["conversation_id"] == shown["conversation_id"]
    assert "I am the writer, and I remember 2 earlier messages" in again["message"]["content"]
    assert stored.call("alice", "GET", path).json()["message_count"] == 4
    usage = again["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_the_same_question_has_the_same_answer(stored):
    one, two = ask(stored).json(), ask(stored, "bob").json()
    assert one["message"]["content"] == two["message"]["content"]
    other = ask(stored, message="How did the year go?").json()
    assert other["message"]["content"] != one["message"]["content"]


def test_an_agent_remembers_as_much_as_the_memory_holds(stored):
    talk = ask(stored).json()["conversation_id"]
    ask(stored, conversation_id=talk)
    remembered = {}
    for mode, most in (("window", 1), ("summary", 9), ("none", 9)):
        memory = {"mode": mode, "max_turns": most, "pinned": False}
        stored.call("alice", "PATCH", f"{C}/{talk}/memory", json=memory)
        text = ask(stored, conversation_id=talk).json()["message"]["content"]
        remembered[mode] = int(text.split("I remember ")[1].split()[0])
    assert remembered == {"window": 2, "summary": 6, "none": 0}


def test_what_was_streamed_is_replayed_byte_for_byte(stored):
    odd = {"message": "caf\u00e9 \u2028 \U0001f600 line\r\nbreak\u0085 end"}
    one = stored.call("alice", "POST", f"{CHAT}/stream", json=odd)
    assert one.headers["content-type"].startswith("text/event-stream")
    talk = json.loads(frames(one.text)[0][1])["conversation_id"]
    two = stored.call("alice", "POST", f"{CHAT}/stream", json=odd | {"conversation_id": talk})
    replayed = stored.call("alice", "GET", f"{C}/{talk}/ledger/stream")
    assert replayed.content == one.content + two.content + b"event: done\ndata: [DONE]\n\n"
    assert in_order("replayLedger", [kind for kind, _ in frames(replayed.text)])
    sent = [json.loads(data) for _, data in frames(one.text + two.text)]
    page = ledger(stored, talk)
    assert page["items"] == sent
    assert page["total"] == len(sent)
    assert [each["sequence"] for each in sent] == list(range(1, len(sent) + 1))
    assert len({each["event_id"] for each in sent}) == len(sent)
    assert len({each["run_id"] for each in sent}) == 2
    assert {each["schema"] for each in sent} == {"public_sse_v1"}


def test_a_stream_says_in_order_what_became_of_the_turn(stored):
    heard = frames(stored.call("alice", "POST", f"{CHAT}/stream", json=ASKED).text)
    kinds = [kind for kind, _ in heard]
    deltas = len(kinds) - 3
    assert kinds == ["lifecycle", *["message.delta"] * deltas, "message.completed", "final"]
    assert in_order("streamChat", kinds)
    assert not in_order("streamChat", kinds[::-1])
    data = [json.loads(each) for _, each in heard]
    assert [each["type"] for each in data] == kinds
    assert "".join(each["delta"] for each in data[1:-2]) == data[-2]["content"]
    assert data[-1]["status"] == "succeeded"


def test_the_ledger_is_walked_in_pages_in_order(stored):
    talk = ask(stored).json()["conversation_id"]
    seen, cursor = [], {}
    while True:
        path = f"{C}/{talk}/ledger/events"
        page = stored.call("alice", "GET", path, params={"limit": 2, **cursor}).json()
        seen += page["items"]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert seen == ledger(stored, talk)["items"]
    assert [each["sequence"] for each in seen] == list(range(1, len(seen) + 1))


def test_turns_at_once_share_one_ledger_without_gaps(stored):
    talk = stored.talk("alice")
    with ThreadPoolExecutor(3) as pool:
        answers = list(pool.map(lambda _: ask(stored, conversation_id=talk), range(3)))
    assert [each.status_code for each in answers] == [200] * 3
    items = ledger(stored, talk)["items"]
    assert [each["sequence"] for each in items] == list(range(1, len(items) + 1))
    assert sum(each["type"] == "final" for each in items) == 3


def test_the_title_is_told_word_by_word_and_changes_nothing(stored):
    talk = ask(stored, message="What, in short, is new in the third quarter?").json()
    path = f"{C}/{talk['conversation_id']}"
    stored.call("alice", "PATCH", f"{path}/title", json={"display_name": "Mine"})
    before = stored.call("alice", "GET", path).json()
    heard = frames(stored.call("alice", "GET", f"{path}/stream").text)
    assert heard[-1] == ("done", "[DONE]")
    assert in_order("streamTitle", [kind for kind, _ in heard])
    whole = json.loads(heard[-2][1])["title"]
    assert whole == "What in short is new in"
    assert "".join(json.loads(data)["delta"] for _, data in heard[:-2]) == whole
    assert stored.call("alice", "GET", path).json() == before
    empty = f"{C}/{stored.talk('alice', 'Just so')}/stream"
    heard = frames(stored.call("alice", "GET", empty).text)
    assert json.loads(heard[-2][1])["title"] == "Just so"


def test_anothers_conversation_does_not_exist(stored):
    talk = ask(stored).json()["conversation_id"]
    before = ledger(stored, talk)
    for stranger in ("bob", "admin", "operator"):
        for path in ("stream", "ledger/events", "ledger/stream"):
            for id_ in (talk, UNKNOWN):
                assert_problem(stored.call(stranger, "GET", f"{C}/{id_}/{path}"), 404)
        for path in (CHAT, f"{CHAT}/stream"):
            for id_ in (talk, UNKNOWN):
                body = ASKED | {"conversation_id": id_}
                assert_problem(stored.call(stranger, "POST", path, json=body), 404)
    assert ledger(stored, talk) == before
    for path in (CHAT, f"{CHAT}/stream"):
        assert_problem(stored.call("carol", "POST", path, json=ASKED), 403)


def test_the_ledger_goes_with_its_conversation(stored):
    talk = ask(stored).json()["conversation_id"]
    assert stored.call("alice", "DELETE", f"{C}/{talk}").status_code == 204
    assert_problem(stored.call("alice", "GET", f"{C}/{talk}/ledger/events"), 404)


def test_a_reader_that_goes_gives_the_lease_back_and_cancels_the_turn(slow):
    with listening(slow, "alice", f"{CHAT}/stream", ASKED) as heard:
        assert heard.answer.status_code == 200
        _, begun = heard.next()
        kind, _ = heard.next()
        assert kind == "message.delta"
        refused = slow.call("alice", "POST", f"{CHAT}/stream", json=ASKED)
        assert_problem(refused, 429)
        assert refused.headers["retry-after"] == "1"
        assert "ratelimit-remaining" in refused.headers
        with listening(slow, "bob", f"{CHAT}/stream", ASKED) as other:
            assert other.answer.status_code == 200  # each user has leases of their own
    talk = begun["conversation_id"]
    # A turn of an unknown conversation is refused only after the lease was granted, and holds none.
    body = ASKED | {"conversation_id": UNKNOWN}
    assert_problem(granted(lambda: slow.call("alice", "POST", CHAT, json=body)), 404)
    items = ledger(slow, talk)["items"]
    assert [each["type"] for each in items] == ["lifecycle", "message.delta", "final"]
    assert items[-1]["status"] == "canceled"
    messages = slow.call("alice", "GET", f"{C}/{talk}/messages").json()["items"]
    assert [each["role"] for each in messages] == ["user"]


def test_refused_turns_hold_no_lease_and_leave_nothing(slow):
    body = ASKED | {"conversation_id": UNKNOWN}
    for _ in range(3):
        assert_problem(slow.call("alice", "POST", CHAT, json=body), 404)
    before = slow.call("alice", "GET", C).json()["total"]
    with listening(slow, "alice", f"{CHAT}/stream", ASKED) as heard:
        heard.next()
        assert_problem(ask(slow), 429)
        assert slow.call("alice", "GET", C).json()["total"] == before + 1


def test_a_conversation_deleted_while_the_agent_speaks_ends_the_turn(stored):
    platform = stored.app.state.platform
    caller = authenticate(platform, Headers(stored.auth("alice")))
    turn = turns.begin(platform, caller, NewTurn(message="Well?"))

    async def heard():
        told = []
        async for event in chat.events(platform, turn):
            told.append(event.type)
            if event.type == "message.delta":
                path = f"{C}/{turn.conversation_id}"
                assert stored.call("alice", "DELETE", path).status_code == 204
        return told

    try:
        assert asyncio.run(heard()) == ["lifecycle", "message.delta"]
        assert in_order("streamChat", ["lifecycle", "message.delta"])
    finally:
        turns.end(platform, turn)
    assert platform.leases.take(f"chat:{caller.user_id}", 1, 0) is not None


def test_a_stream_that_was_never_begun_gives_back_what_it_holds():
    ended = []

    async def source():
        yield PING

    async def gone(_):
        raise OSError

    async def silent():
        await asyncio.Event().wait()

    async def served(version):
        instance = SimpleNamespace(platform=SimpleNamespace(stopping=Stopping()))
        app = SimpleNamespace(state=instance)
        scope = {"type": "http", "asgi": {"spec_version": version}, "app": app}
        stream = EventStream(source(), ended=lambda: ended.append(version))
        await stream(scope, silent, gone)

    for version in ("2.3", "2.4"):
        with pytest.raises((OSError, ClientDisconnect)):
            asyncio.run(served(version))
    assert ended == ["2.3", "2.4"]


def test_an_outage_is_told_as_what_it_is():
    with running(settings(ai_provider="outage", chat_concurrency=1)) as live:
        for _ in range(2):
            answer = ask(live)
            assert_problem(answer, 503)
            assert answer.headers["retry-after"] == "1"
        heard = frames(live.call("alice", "POST", f"{CHAT}/stream", json=ASKED).text)
        assert [kind for kind, _ in heard] == ["lifecycle", "message.delta", "error", "final"]
        assert in_order("streamChat", [kind for kind, _ in heard])
        assert json.loads(heard[-1][1])["status"] == "failed"
        status = live.call("alice", "GET", "/api/v1/agents/writer/status").json()
        assert status == {"key": "writer", "status": "unavailable", "provider": "outage"}
