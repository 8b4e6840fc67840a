"""Agent sessions: turns in order, answers, forks, checkpoints that restore, and whose they are."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import event

from tests.reference.agents import Q, S, asked, session, single
from tests.reference.live import running, settings
from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless

EDIT = {"path": "notes/a.md", "content": "first"}
ORIGIN = "https://app.example.test"


def kinds(found):
    return [kind for kind, _ in found]


def test_a_turn_is_said_in_pieces_that_make_up_its_result(stored):
    found = asked(stored, prompt="word " * 30, edits=[EDIT], model="stub-large")
    assert kinds(found)[:2] == ["init", "message"]
    assert found[0][1]["model"] == "stub-large"
    pieces = [data for kind, data in found if kind == "partial"]
    assert len(pieces) > 2
    assert [each["index"] for each in pieces] == list(range(len(pieces)))
    result = found[-2][1]
    assert result["status"] == "completed"
    assert result["text"] == "".join(each["text"] for each in pieces)
    shown = session(stored, result["session_id"])
    assert shown["status"] == "idle"
    assert shown["files"] == {EDIT["path"]: EDIT["content"]}
    assert [each["role"] for each in shown["messages"]] == ["user", "tool", "assistant"]
    assert shown["messages"][-1]["content"] == result["text"]
    assert result["message_count"] == shown["message_count"] == 3


def test_the_same_turn_is_always_the_same(stored):
    one, two = (single(stored, prompt="Same", skill="count") for _ in range(2))
    assert one["text"] == two["text"]
    assert one["session_id"] != two["session_id"]
    assert single(stored, prompt="Same", skill="outline")["text"] != one["text"]


def test_a_session_begins_without_a_turn_and_goes_on(stored):
    made = stored.ask("alice", "POST", S, json={"max_turns": 5})
    assert made.status_code == 201
    assert made.headers["location"] == f"{S}/{made.json()['session_id']}"
    assert made.json()["status"] == "idle"
    path = made.headers["location"]
    for turn in (1, 2):
        found = asked(stored, path=f"{path}/resume", prompt=f"Turn {turn}")
        assert found[0][1]["turn"] == turn
        assert f"having heard {turn - 1} before" in found[-2][1]["text"]


def test_a_question_is_answered_once(stored):
    found = asked(stored, ask=True)
    assert kinds(found)[-3:] == ["question", "result", "done"]
    id_ = found[0][1]["session_id"]
    assert found[-2][1]["status"] == "waiting"
    assert session(stored, id_)["question"] == found[-3][1]["text"]

    def answer(_):
        return stored.ask("alice", "POST", f"{S}/{id_}/answer", json={"answer": "That"})

    with ThreadPoolExecutor(4) as pool:
        statuses = sorted(each.status_code for each in pool.map(answer, range(4)))
    assert statuses == [200, 409, 409, 409]
    shown = session(stored, id_)
    assert (shown["status"], shown["question"], shown["turn"]) == ("idle", None, 1)
    assert [each["role"] for each in shown["messages"]] == ["user", "assistant"] * 2


def test_the_prompt_of_a_resumption_answers_too(stored):
    id_ = single(stored, ask=True)["session_id"]
    assert asked(stored, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"
    assert session(stored, id_)["question"] is None
    answer = stored.ask("alice", "POST", f"{S}/{id_}/answer", json={"answer": "x"})
    assert_problem(answer, 409)


def test_resumptions_at_once_are_whole_or_refused(stored):
    id_ = single(stored)["session_id"]

    def resume(number):
        body = {"prompt": f"Turn {number}"}
        return stored.ask("alice", "POST", f"{S}/{id_}/resume", json=body)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(resume, range(16)))
    done = [each for each in answers if each.status_code == 200]
    assert done
    for each in answers:
        if each not in done:
            assert_problem(each, 409)
    shown = session(stored, id_)
    assert shown["turn"] == 1 + len(done)
    assert shown["message_count"] == 2 * shown["turn"]
    assert [each["position"] for each in shown["messages"]] == list(range(shown["message_count"]))


def test_rewinding_restores_messages_files_and_settings_exactly(stored):
    id_ = single(stored, edits=[EDIT])["session_id"]
    before = session(stored, id_)
    listed = stored.ask("alice", "GET", f"{S}/{id_}/checkpoints").json()
    assert [each["turn"] for each in listed["checkpoints"]] == [0, 1]
    asked(stored, path=f"{S}/{id_}/resume", edits=[EDIT | {"content": "second"}])
    asked(stored, path=f"{S}/{id_}/resume", edits=[{"path": "b", "content": "new"}], ask=True)
    control = {"model": "stub-large", "permission_mode": "plan", "max_turns": 9}
    assert stored.ask("alice", "POST", f"{S}/{id_}/control", json=control).status_code == 200
    later = stored.ask("alice", "GET", f"{S}/{id_}/checkpoints").json()["checkpoints"][-1]
    assert session(stored, id_)["files"] == {EDIT["path"]: "second", "b": "new"}
    back = listed["checkpoints"][1]["checkpoint_id"]
    rewound = stored.ask("alice", "POST", f"/api/v1/checkpoints/{back}/rewind")
    assert rewound.status_code == 200
    assert rewound.json() | {"updated_at": ""} == before | {"updated_at": ""}
    assert session(stored, id_) == rewound.json()
    gone = stored.ask("alice", "POST", f"/api/v1/checkpoints/{later['checkpoint_id']}/rewind")
    assert_problem(gone, 404)
    again = asked(stored, path=f"{S}/{id_}/resume")
    assert again[0][1]["turn"] == 2
    first = listed["checkpoints"][0]["checkpoint_id"]
    empty = stored.ask("alice", "POST", f"/api/v1/checkpoints/{first}/rewind").json()
    assert (empty["messages"], empty["files"], empty["turn"]) == ([], {}, 0)


def test_a_fork_has_the_history_and_leaves_its_source_alone(stored):
    id_ = single(stored, edits=[EDIT], model="stub-large")["session_id"]
    before = session(stored, id_)
    found = asked(stored, path=f"{S}/{id_}/fork", edits=[EDIT | {"content": "other"}])
    init = found[0][1]
    assert init["parent_id"] == id_ != init["session_id"]
    fork = session(stored, init["session_id"])
    assert fork["messages"][: before["message_count"]] == before["messages"]
    assert (fork["model"], fork["turn"]) == ("stub-large", 2)
    assert fork["files"] == {EDIT["path"]: "other"}
    assert session(stored, id_) == before
    assert stored.ask("alice", "DELETE", f"{S}/{id_}").status_code == 204
    assert session(stored, init["session_id"]) == fork


def test_a_plan_writes_nothing_and_too_much_is_an_error_that_can_be_resumed(stored):
    id_ = single(stored, edits=[EDIT], permission_mode="plan")["session_id"]
    shown = session(stored, id_)
    assert shown["files"] == {}
    assert shown["messages"][1]["content"].startswith("planned notes/a.md")
    id_ = single(stored)["session_id"]
    for turn in range(5):
        edits = [{"path": f"f{turn}-{n}", "content": "x" * 2000} for n in range(10)]
        found = asked(stored, path=f"{S}/{id_}/resume", edits=edits)
        if found[-2][0] == "error":
            break
    assert found[-2][1]["code"] == "out_of_room"
    shown = session(stored, id_)
    assert shown["status"] == "error"
    assert len(shown["files"]) == 10 * turn
    assert_problem(stored.ask("alice", "POST", f"{S}/{id_}/interrupt"), 409)
    assert asked(stored, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"
    assert session(stored, id_)["status"] == "idle"


def test_a_session_closes_with_its_last_turn(stored):
    id_ = single(stored, max_turns=1)["session_id"]
    assert session(stored, id_)["status"] == "closed"
    for path in ("resume", "fork"):
        refused = stored.ask("alice", "POST", f"{S}/{id_}/{path}", json={"prompt": "x"})
        assert_problem(refused, 409)
    assert_problem(stored.ask("alice", "POST", f"{S}/{id_}/interrupt"), 409)
    opened = stored.ask("alice", "POST", f"{S}/{id_}/control", json={"max_turns": 2})
    assert opened.json()["status"] == "idle"
    asked(stored, path=f"{S}/{id_}/resume")
    assert session(stored, id_)["status"] == "closed"


def test_an_interrupted_question_is_dropped_and_the_session_goes_on(stored):
    id_ = single(stored, ask=True)["session_id"]
    for _ in range(2):
        stopped = stored.ask("alice", "POST", f"{S}/{id_}/interrupt")
        assert stopped.json() == {"session_id": id_, "status": "interrupted"}
    answer = stored.ask("alice", "POST", f"{S}/{id_}/answer", json={"answer": "x"})
    assert_problem(answer, 409)
    assert asked(stored, path=f"{S}/{id_}/resume")[-2][1]["status"] == "completed"


OPERATIONS = [
    ("GET", f"{S}/{{id}}", None),
    ("DELETE", f"{S}/{{id}}", None),
    ("GET", f"{S}/{{id}}/checkpoints", None),
    ("POST", f"{S}/{{id}}/resume", {"prompt": "x"}),
    ("POST", f"{S}/{{id}}/fork", {"prompt": "x"}),
    ("POST", f"{S}/{{id}}/answer", {"answer": "x"}),
    ("POST", f"{S}/{{id}}/interrupt", None),
    ("POST", f"{S}/{{id}}/control", {"max_turns": 1}),
    ("POST", "/api/v1/checkpoints/{checkpoint}/rewind", None),
]


@pytest.mark.parametrize(("method", "path", "body"), OPERATIONS)
def test_foreign_and_unknown_cannot_be_told_apart(stored, method, path, body):
    id_ = single(stored, ask=True)["session_id"]
    listed = stored.ask("alice", "GET", f"{S}/{id_}/checkpoints").json()["checkpoints"]
    checkpoint = listed[0]["checkpoint_id"]
    before = session(stored, id_)
    mine = path.format(id=id_, checkpoint=checkpoint)
    foreign = stored.ask("bob", method, mine, json=body)
    unknown = stored.ask("bob", method, path.format(id=UNKNOWN, checkpoint=UNKNOWN), json=body)
    assert_problem(foreign, 404)
    assert faceless(foreign) == faceless(unknown)
    assert session(stored, id_) == before
    assert_problem(stored.client.request(method, mine, json=body), 401)
    assert_problem(stored.call("alice", method, mine, json=body), 401)


def test_the_list_is_the_owners_alone_and_takes_two_queries_and_one_for_the_key(stored):
    mine = {single(stored)["session_id"] for _ in range(3)}
    theirs = single(stored, "bob")["session_id"]
    statements = []

    def count(_connection, _cursor, statement, *_):
        if statement.lstrip().upper().startswith("SELECT"):
            statements.append(statement)

    engine = stored.app.state.platform.database.engine
    event.listen(engine, "before_cursor_execute", count)
    try:
        page = stored.ask("alice", "GET", S, params={"limit": 100}).json()
    finally:
        event.remove(engine, "before_cursor_execute", count)
    assert len(statements) <= 3
    ids = [each["session_id"] for each in page["sessions"]]
    assert theirs not in ids
    seen, cursor = [], {}
    while True:
        page = stored.ask("alice", "GET", S, params={"limit": 2, **cursor}).json()
        seen += [each["session_id"] for each in page["sessions"]]
        if page["next_cursor"] is None:
            break
        cursor = {"cursor": page["next_cursor"]}
    assert mine <= set(seen)
    assert len(seen) == len(set(seen)) == page["total"]


@pytest.fixture(scope="module")
def guarded():
    with running(settings(cors_origins=[ORIGIN])) as found:
        yield found


@pytest.mark.parametrize("origin", ["https://evil.test", "null", f"{ORIGIN}.evil.test", "*"])
def test_streams_are_refused_to_other_origins(guarded, origin):
    id_ = single(guarded)["session_id"]
    headers = {"X-API-Key": "troth-key-alice-4d1f", "Origin": origin}
    before = session(guarded, id_)
    for path in (Q, f"{Q}/single", f"{S}/{id_}/resume", f"{S}/{id_}/fork"):
        answer = guarded.client.post(path, json={"prompt": "x"}, headers=headers)
        assert_problem(answer, 403)
        assert "access-control-allow-origin" not in answer.headers
        mine = guarded.client.post(path, json={"prompt": "x"}, headers=headers | {"Origin": ORIGIN})
        assert mine.status_code == 200
        assert mine.headers["access-control-allow-origin"] == ORIGIN
    assert session(guarded, id_)["turn"] == before["turn"] + 1
