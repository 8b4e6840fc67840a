"""Services of the shapes that are met in the wild are reached with nothing told of them."""

from contextlib import contextmanager

import pytest

from tests.apps.shapes import SHAPES, TOKEN
from troth.opening import open_target
from troth.profile import active
from troth.prop import Property, Tally

PRINCIPALS = {
    "token-prefix": 'ann = { login = { email = "a@b.example", password = "${SHAPES_SECRET}" } }',
    "cookie": 'ann = { login = { user = "ann", password = "${SHAPES_SECRET}" } }',
    "machine": 'ann = { login = { client_id = "ann", client_secret = "${SHAPES_SECRET}" } }',
    "query-key": 'ann = { api-key = { value = "${SHAPES_KEY}" } }',
}


@pytest.fixture(scope="module")
def url(serve):
    return serve("shapes:app")


@pytest.fixture
def opened(url, tmp_path, monkeypatch):
    """``opened("uuids")`` is the target of that shape."""
    monkeypatch.setenv("SHAPES_SECRET", "good")
    monkeypatch.setenv("SHAPES_KEY", TOKEN)
    targets = []

    def open_(name):
        file = tmp_path / f"{name}.toml"
        told = f'[target]\nbase-url = "{url}/{name}"\nspec = "{url}/{name}/openapi.json"\n'
        file.write_text(f"{told}[principals]\n{PRINCIPALS.get(name, '')}\n")
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
    assert target.tally.unanswered == {}


@pytest.mark.parametrize("name", list(SHAPES))
def test_every_operation_is_reached(opened, name):
    target = opened(name)
    with world_of(target) as world:
        for operation in target.spec.operations:
            assert world.accepted(operation).exchange.ok


def test_a_base_path_that_leads_nowhere_is_left_out(serve, tmp_path):
    url = serve("shapes:misplaced_alone")
    target = open_target({"target_url": url}, profile=active())
    try:
        target.begin(None)
        with world_of(target) as world:
            assert world.accepted(target.spec.operation("ping")).exchange.ok
    finally:
        target.close()


def test_the_run_slows_down_and_says_so(opened):
    target = opened("limited")
    with world_of(target) as world:
        for operation in target.spec.operations:
            world.accepted(operation)
    assert "answered 429 to" in target.facts()["slowed"]
    again = [each for each in target.recorder.recent if "a 429 asked for" in each.purpose]
    assert {each.status for each in again} == {200}
