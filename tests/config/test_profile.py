"""Profiles are Hypothesis's wherever it is imported, and harm nobody who did not ask for them."""

import json
import os
import subprocess
import sys

import pytest

from troth import profile
from troth.errors import UsageError
from troth.profile import Profile, profiles

SHOW = """
import json
from hypothesis import settings
from troth.profile import active
def shown(each):
    return {
        "examples": each.max_examples, "steps": each.stateful_step_count,
        "derandomize": each.derandomize, "database": each.database is not None,
        "deadline": each.deadline and str(each.deadline), "blob": each.print_blob,
        "suppressed": sorted(check.name for check in each.suppress_health_check),
    }
loaded = settings.get_current_profile_name()
found = {name: shown(settings.get_profile(name)) for name in ("smoke", "ci", "nightly")}
print(json.dumps({"loaded": loaded, "now": shown(settings()), "active": active().name, **found}))
"""


def python(code, **environ):
    clean = {key: value for key, value in os.environ.items() if key not in {"CI", "GITHUB_ACTIONS"}}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**clean, **environ},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def here():
    return python(SHOW)


@pytest.fixture(scope="module")
def in_ci():
    return python(SHOW, CI="1")


def test_the_numbers():
    assert profiles() == {
        "smoke": Profile(
            "smoke", 1, 4, 1, 5, derandomize=True, events=3, idle=0.5, boundary_in_all=200
        ),
        "ci": Profile("ci", 15, 60, 20, 10, derandomize=True),
        "nightly": Profile("nightly", 300, None, 200, 40, derandomize=False, events=1000, idle=5.0),
    }


@pytest.mark.parametrize("where", ["here", "in_ci"])
def test_what_hypothesis_knows_does_not_depend_on_where_it_runs(where, request):
    found = request.getfixturevalue(where)
    suppressed = ["data_too_large", "too_slow"]
    fixed = {"derandomize": True, "database": False, "blob": False}
    both = {"deadline": None, "suppressed": suppressed}
    assert found["smoke"] == {"examples": 1, "steps": 5, **fixed, **both}
    assert found["ci"] == {"examples": 15, "steps": 10, **fixed, **both}
    free = {"derandomize": False, "database": True, "blob": True}
    assert found["nightly"] == {"examples": 300, "steps": 40, **free, **both}


def test_nobody_who_did_not_ask_sees_a_difference(here, in_ci):
    plain = SHOW.partition("from troth")[0] + "s = settings()\n"
    plain += "print(json.dumps([s.max_examples, s.derandomize, s.print_blob, s.database is None]))"
    for found, ci in ((here, {}), (in_ci, {"CI": "1"})):
        without = python(plain, HYPOTHESIS_NO_PLUGINS="1", **ci)
        now = found["now"]
        assert [now["examples"], now["derandomize"], now["blob"], not now["database"]] == without


def test_who_has_not_chosen_gets_the_numbers_of_ci(here, in_ci):
    assert (here["loaded"], here["active"]) == ("default", "ci")
    assert (in_ci["loaded"], in_ci["active"]) == ("hypothesis-ci", "ci")


@pytest.mark.parametrize("name", ["smoke", "ci", "nightly"])
@pytest.mark.parametrize("options", [(), ("--hypothesis-verbosity=verbose",)])
def test_the_option_of_hypothesis_chooses(tmp_path, name, options):
    (tmp_path / "test_it.py").write_text(
        "from troth.profile import active, register\n"
        "def test_it():\n"
        "    register()\n"  # again, as a conftest does
        f"    assert active().name == {name!r}\n"
    )
    plugins = ["-p", "no:schemathesis", "-p", "no:cacheprovider"]
    chosen = [f"--hypothesis-profile={name}", *options]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *plugins, *chosen, "test_it.py"],
        cwd=tmp_path,
        env={**os.environ, "CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture
def conf(tmp_path, monkeypatch):
    monkeypatch.setattr(profile, "conf_dir", lambda: tmp_path)
    return tmp_path / "profiles.toml"


def test_a_missing_file_is_said_at_use_and_not_at_import(conf):
    profile.register()
    with pytest.raises(UsageError, match=r"profiles\.toml"):
        profile.active()


SMOKE = "[ci]\nexamples = 1\nboundary = 4\nmachines = [1, 5]\nderandomize = true\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smoke", "cannot read"),
        ("[smoke]\n", "has no [ci]"),
        (SMOKE.replace("examples = 1\n", ""), "`examples` is missing"),
        (SMOKE + "exmaples = 2\n", "unknown key `exmaples`"),
        (SMOKE.replace("= 4", "= 'some'"), "boundary is 'some'; write a whole number from 0, or"),
        (SMOKE.replace("examples = 1", "examples = 0"), "examples is 0; write a whole number"),
        (SMOKE.replace("[1, 5]", "[1]"), "machines is [1]; write [examples, steps]"),
        (SMOKE.replace("[1, 5]", "[1, true]"), "machines is True; write a whole number"),
        (SMOKE.replace("true", "'no'"), "derandomize is 'no'; write true or false"),
        (SMOKE + "boundary-in-all = 0\n", "boundary-in-all is 0; write a whole number from 1"),
        (SMOKE + "budget = 0\n", "budget is 0; write seconds"),
        (SMOKE + "stream = 3\n", "stream is 3; write [events, seconds]"),
        (SMOKE + "stream = [0, 1]\n", "stream is 0; write a whole number"),
        (SMOKE + "stream = [1, 0]\n", "stream is 0; write seconds"),
        (SMOKE + "seed = -1\n", "seed is -1; write a whole number from 0"),
        ("ci = 3\n", "is no table"),
    ],
)
def test_a_file_that_is_wrong(conf, text, said):
    conf.write_text(text)
    with pytest.raises(UsageError) as raised:
        profile.profiles()
    assert said in str(raised.value)


def test_budget_and_seed_may_be_given(conf):
    conf.write_text(SMOKE + "budget = 20\nseed = 7\n")
    assert profile.profiles()["ci"].budget == 20.0
    assert profile.profiles()["ci"].seed == 7


@pytest.mark.parametrize(
    ("operations", "each"), [(0, 4), (1, 4), (50, 4), (51, 3), (100, 2), (199, 1), (5000, 1)]
)
def test_a_large_document_shares_its_boundary_cases(operations, each):
    assert profiles()["smoke"].over(operations).boundary == each


def test_without_such_a_bound_every_document_is_asked_alike():
    known = profiles()
    assert known["ci"].over(5000) == known["ci"]
    assert known["nightly"].over(5000) == known["nightly"]
