"""What the target file says, and who may do what, is put together until an operation is served."""

from contextlib import contextmanager

import pytest

from tests.apps import lockers
from troth.composing import memory
from troth.opening import open_target
from troth.profile import active
from troth.prop import Inconclusive, Property, Tally

TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"

[session]
login = {{ operation = "enter", token = "$response.body#/handle" }}

[principals]
{principals}

{operations}
"""
BOSS = 'boss = { login = { user = "${LOCKERS_BOSS}" } }'
CLERK = 'clerk = { login = { user = "${LOCKERS_CLERK}" } }'
GUEST = 'guest = { login = { user = "${LOCKERS_GUEST}" } }'
GHOST = 'ghost = { login = { user = "${LOCKERS_GHOST}" } }'


@pytest.fixture(scope="module")
def url(serve):
    return serve("lockers:app")


@pytest.fixture
def opened(url, tmp_path, monkeypatch):
    """``opened(BOSS, operations="…")`` is a target that nothing was asked of yet."""
    targets = []
    for name in ("boss", "clerk", "guest", "ghost"):
        monkeypatch.setenv(f"LOCKERS_{name.upper()}", name)

    def open_(*principals, operations=""):
        file = tmp_path / f"target{len(targets)}.toml"
        file.write_text(
            TARGET.format(url=url, principals="\n".join(principals), operations=operations)
        )
        target = open_target({"target": str(file)}, profile=active())
        targets.append(target)
        target.begin(None)
        return target

    yield open_
    for target in targets:
        target.close()


@contextmanager
def world_of(target):
    asked = Property("FUZ000", "info", (), (), (), "none", "")
    target.tally = Tally(asked, None)
    with target.world() as world:
        yield world
    # An Inconclusive that leaves it is silenced there: here it is a failure.
    assert target.tally.unanswered == {}


def sent(target, name):
    label = target.spec.operation(name).label
    return [each for each in target.recorder.recent if each.operation == label]


def statuses(target, name):
    return [each.status for each in sent(target, name)]


def test_the_refusal_of_one_principal_is_none_of_another(opened):
    target = opened(GUEST, BOSS)
    create = target.spec.operation("createLocker")
    with world_of(target) as world:
        with pytest.raises(Inconclusive, match="403 for principal `guest`"):
            world.reach(create, principal="guest")
        assert world.accepted(create).principal == "boss"


def test_who_is_the_only_sender_uses_what_another_one_made(opened):
    target = opened(GUEST, BOSS, operations='[operations.visit]\nprincipal = "guest"')
    with world_of(target) as world:
        assert world.accepted(target.spec.operation("visit")).principal == "guest"
        assert world.accepted(target.spec.operation("createLocker")).principal == "boss"


def test_a_failure_for_anothers_sake_leaves_the_operation_to_be_tried_for_its_own(opened):
    target = opened(BOSS)
    create = target.spec.operation("createLocker")
    with world_of(target) as world:
        with pytest.raises(Inconclusive, match="needs itself"):
            world.reach(create, above=("A", "B", "C", "D", "E", "F"))
        with pytest.raises(Inconclusive, match="401"):
            world.reach(create, principal="anonymous", above=("A",))
        assert world.accepted(create).exchange.status == 201


def test_the_producer_is_called_by_whom_the_target_file_names(opened):
    told = """
    [operations.makeCode]
    principal = "boss"
    [operations.look]
    principal = "clerk"
    body = { code = "$producer.makeCode.body#/code" }
    """
    target = opened(CLERK, BOSS, operations=told)
    with world_of(target) as world:
        assert world.accepted(target.spec.operation("look")).principal == "clerk"
    assert [each.principal for each in sent(target, "makeCode")] == ["boss"]


def test_who_cannot_log_in_is_passed_over(opened):
    target = opened(GHOST, BOSS)
    with world_of(target) as world:
        assert world.accepted(target.spec.operation("createLocker")).principal == "boss"


def test_that_nobody_could_log_in_is_the_reason(opened):
    target = opened(GHOST)
    with world_of(target) as world, pytest.raises(Inconclusive, match="401 for anonymous"):
        world.accepted(target.spec.operation("createLocker"))
    told = '[operations.createLocker]\nprincipal = "ghost"'
    target = opened(GHOST, operations=told)
    with world_of(target) as world, pytest.raises(Inconclusive, match="`ghost` cannot log in"):
        world.accepted(target.spec.operation("createLocker"))


REDEEM = '[operations.redeem]\nbody = { code = "$producer.makeCode.body#/code" }'


def test_what_is_good_for_once_is_got_anew(opened):
    target = opened(BOSS, operations=REDEEM)
    redeem = target.spec.operation("redeem")
    with world_of(target) as world:
        case = target.generator.build(redeem, world.accepted(redeem).values)
        # The second need finds out: one refusal.
        world.accepted(redeem)
        assert statuses(target, "redeem") == [200, 409, 200]
        for _ in range(3):
            world.accepted(redeem)
            assert world.send(case).status == 200
        world.reach(redeem)
    assert statuses(target, "redeem").count(409) == 1
    assert len(sent(target, "makeCode")) == statuses(target, "redeem").count(200)


def test_a_history_does_not_grow_by_being_used(opened):
    target = opened(BOSS, operations=REDEEM)
    redeem = target.spec.operation("redeem")
    for _ in range(30):
        with world_of(target) as world:
            accepted = world.accepted(redeem)
            assert world.send(target.generator.build(redeem, accepted.values)).status in {200, 409}
            last = world.reach(redeem)
    assert [each.operation for each in last.history] == ["POST /codes"]
    assert len(world.example.history()) < 10


def test_what_is_refused_does_not_use_it_up(opened):
    target = opened(BOSS, operations=REDEEM)
    redeem = target.spec.operation("redeem")
    with world_of(target) as world:
        world.accepted(redeem)
        accepted = world.accepted(redeem)
        case = target.generator.build(redeem, accepted.values)
        anonymous = [world.send(case, principal="anonymous") for _ in range(3)]
        assert {each.status for each in anonymous} == {401}
        # It would have been served: what was refused had a good code.
        assert {each.request.body for each in anonymous} == {world.send(case).request.body}
    assert len(sent(target, "makeCode")) == 3


def test_what_is_good_for_more_is_not_made_anew(opened):
    told = '[operations.look]\nbody = { code = "$producer.makeCode.body#/code" }'
    target = opened(BOSS, operations=told)
    look = target.spec.operation("look")
    with world_of(target) as world:
        for _ in range(4):
            case = target.generator.build(look, world.accepted(look).values)
            assert world.send(case).status == 200
    assert len(sent(target, "makeCode")) == 1


@pytest.mark.parametrize("name", ["endJob", "dropJob"])
def test_a_thing_that_an_operation_ends_is_made_anew(opened, name):
    told = f'[operations.{name}]\npath = {{ job = "$producer.makeJob.body#/locker_id" }}'
    target = opened(BOSS, operations=told)
    end = target.spec.operation(name)
    with world_of(target) as world:
        case = target.generator.build(end, world.accepted(end).values)
        world.accepted(end)
        answers = [world.send(case) for _ in range(3)]
        assert all(each.ok for each in answers)
        assert len({each.request.url for each in answers}) == 3


def test_a_token_is_used_while_it_is_good(opened):
    told = '[operations.choose]\ntoken = "$producer.makePass.body#/handle"'
    target = opened(BOSS, operations=told)
    choose = target.spec.operation("choose")
    with world_of(target) as world:
        for _ in range(4):
            case = target.generator.build(choose, world.accepted(choose).values)
            assert world.send(case).status == 200
    assert len(sent(target, "makePass")) == 1


def test_after_a_conflict_the_same_comes_with_another_name_at_once(opened):
    target = opened(BOSS)
    create = target.spec.operation("createLocker")
    with world_of(target) as world:
        first = world.reach(create).values.body
        again = world.reach(create).values.body
    # Of what was served last time, and nothing but the label.
    refused, last = sent(target, "createLocker")[-2:]
    assert (refused.status, last.status) == (409, 201)
    assert again["label"] != first["label"]
    assert {**again, "label": ""} == {**first, "label": ""}
    assert again["password"] == lockers.RIGHT


def test_what_was_made_long_ago_is_made_anew(opened, monkeypatch):
    target = opened(BOSS)
    read = target.spec.operation("readLocker")
    with world_of(target) as world:
        first = world.accepted(read)
        assert world.accepted(read).values == first.values
        monkeypatch.setattr(memory, "LASTING", -1)
        later = world.accepted(read)
        assert later.values.path != first.values.path
        monkeypatch.undo()
        assert world.accepted(read).values == later.values
    assert statuses(target, "createLocker").count(201) == 2
