"""A run does not end the accounts that it is made with: somebody signs up for that."""

import itertools
from contextlib import contextmanager

import pytest

from tests.apps import parish
from troth.opening import open_target
from troth.people.rivals import rivals
from troth.profile import active
from troth.prop import Inconclusive, Property, Tally

ANN = 'ann = { login = { username = "ann@example.com", password = "${PARISH_PASSWORD}" } }'
GRANTED = ANN.replace("username =", 'grant_type = "password", username =')
NUMBERS = itertools.count()


@pytest.fixture(scope="module")
def serve_parish(serve):
    return lambda application: serve(f"parish:{application}", PARISH_PASSWORD=parish.PASSWORD)


@pytest.fixture
def opened(serve_parish, tmp_path, monkeypatch):
    monkeypatch.setenv("PARISH_PASSWORD", parish.PASSWORD)
    targets = []

    def open_(application, ann=ANN):
        file = tmp_path / f"target{next(NUMBERS)}.toml"
        url = serve_parish(application)
        file.write_text(f'[target]\nbase-url = "{url}"\n[principals]\n{ann}\n')
        target = open_target({"target": str(file)}, profile=active())
        targets.append(target)
        target.begin(None)
        return target

    yield open_
    for target in targets:
        target.close()


@contextmanager
def world_of(target):
    target.tally = Tally(Property("FUZ000", "info", (), (), (), "none", ""), None)
    with target.world() as world:
        yield world
    assert target.tally.unanswered == {}


@pytest.mark.parametrize("ann", [ANN, GRANTED], ids=["plain", "grant"])
def test_who_signed_up_is_sent_ahead(opened, ann):
    target = opened("app", ann)
    with world_of(target) as world:
        for name in ("rename", "changePassword", "givePassword", "leave", "show"):
            operation = target.spec.operation(name)
            for _ in range(2):
                assert world.send(world.case(operation, world.accepted(operation).values)).ok
        # Whoever the run is made with is there as before, under the same name and password.
        target.principals["ann"].forget()
        answer = world.reach(target.spec.operation("show"), principal="ann").exchange
        assert answer.response.json() == {"email": "ann@example.com"}


def test_whose_password_is_in_question_is_not_that_of_the_run(opened):
    target = opened("app")
    give, show = target.spec.operation("givePassword"), target.spec.operation("show")
    assert {name for each in rivals(target, give) for name in (each.victim, each.stranger)} == {
        "newcomer-3",
        "newcomer-4",
    }
    assert "newcomer-3" not in {each.victim for each in rivals(target, show)}


def test_what_was_asked_as_somebody_spared_says_how_they_came_to_be(opened):
    target = opened("app", GRANTED)
    with world_of(target) as world:
        operation = target.spec.operation("rename")
        case = world.case(operation, world.accepted(operation).values)
        renamed = world.send(case)
        known = {each.number: each for each in world.example.history() if each is not renamed}
    source, number, pointer = renamed.sources[-1].split(" <- ")[0], *_origin(renamed.sources[-1])
    assert (source, pointer) == ("token", "$response.body#/access_token")
    entry = known[number]
    made = known[_origin(entry.sources[0])[0]]
    assert [each.rpartition(" ")[2] for each in entry.sources] == [
        "$request.body#/email",
        "$request.body#/password",
    ]
    assert (made.operation, made.number < entry.number < renamed.number) == ("POST /signup", True)


def _origin(source):
    number, _, pointer = source.partition(" <- ")[2].partition(" ")
    return int(number), pointer


def test_without_a_sign_up_nothing_is_ended_and_that_is_said(opened):
    target = opened("closed")
    with world_of(target) as world:
        with pytest.raises(Inconclusive, match="would end the account of whoever sends it"):
            world.reach(target.spec.operation("leave"))
        with pytest.raises(Inconclusive, match="would end the name to log in by"):
            world.reach(target.spec.operation("rename"))
        assert world.accepted(target.spec.operation("show")).principal == "ann"
    left = [each for each in target.recorder.recent if each.request.method in {"DELETE", "PATCH"}]
    assert {each.principal for each in left} == {"anonymous"}


def test_nobody_whom_the_run_is_made_with_is_deleted_by_an_example(opened):
    target = opened("closed")
    with world_of(target) as world:
        with pytest.raises(Inconclusive, match="would delete `ann`, as whom the run logs in"):
            world.reach(target.spec.operation("remove"))
        assert world.accepted(target.spec.operation("show")).principal == "ann"
