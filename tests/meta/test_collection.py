"""Suites collect to unique ids; the plugin is loaded once, and starts nothing for other tests."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*arguments, cwd=ROOT, **environment):
    """One pytest of its own process; ``environment`` is added to this one's."""
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *arguments],
        cwd=cwd,
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


@pytest.fixture(scope="module")
def collected():
    """The node ids of ``pytest fuzz properties security``."""
    listed = run(
        "fuzz", "properties", "security", "--collect-only", "-q", "--hypothesis-profile", "smoke"
    )
    assert listed.returncode == 0, listed.stdout + listed.stderr
    return [line for line in listed.stdout.splitlines() if "::" in line]


def test_collected_ids_are_unique_and_name_their_operation(collected):
    assert collected
    assert len(collected) == len(set(collected)), "two items share a node id"
    assert [each for each in collected if each.endswith("]")], "nothing is per operation"


def test_every_suite_module_is_collected(collected):
    modules = {each.split("::")[0] for each in collected}
    assert modules == {
        path.relative_to(ROOT).as_posix()
        for suite in ("fuzz", "properties", "security")
        for path in (ROOT / suite).rglob("test_*.py")
    }


@pytest.mark.parametrize("autoload", ["", "1"], ids=["entry-point", "conftest"])
def test_the_plugin_is_loaded_exactly_once(tmp_path, autoload):
    """Under either way of loading, one module answers pytest's hooks."""
    probe = tmp_path / "probe.py"
    probe.write_text(
        "def pytest_collection_finish(session):\n"
        "    plugins = session.config.pluginmanager.list_name_plugin()\n"
        "    names = [name for name, plugin in plugins if plugin is not None\n"
        "             and getattr(plugin, '__name__', '') == 'troth.plugin']\n"
        "    print('LOADED', names)\n"
    )
    needed = ["-p", "xdist", "-p", "pytest_timeout", "-p", "_hypothesis_pytestplugin"]
    done = run(
        *(needed if autoload else []),
        "-p",
        "probe",
        "-s",
        "--collect-only",
        "-q",
        "tests/meta/test_layers.py",
        PYTEST_DISABLE_PLUGIN_AUTOLOAD=autoload,
        PYTHONPATH=str(tmp_path),
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "LOADED ['troth.plugin']" in done.stdout


@pytest.mark.parametrize("profile", ["smoke", "ci", "nightly"])
def test_profiles_exist_wherever_hypothesis_does(tmp_path, profile):
    """Outside a checkout no conftest registers them: the entry point of Hypothesis does."""
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    done = run(f"--hypothesis-profile={profile}", "-q", "test_nothing.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout


@pytest.mark.parametrize("first", ["hypothesis", "troth.profile", "troth.plugin", "troth.cli"])
def test_profiles_are_registered_whatever_is_imported_first(tmp_path, first):
    """Hypothesis and troth import each other; neither may find the other half initialised."""
    code = (
        f"import {first}, hypothesis\n"
        "for name in ('smoke', 'ci', 'nightly'): hypothesis.settings.get_profile(name)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_other_tests_start_no_target(tmp_path):
    """A target file that cannot be read harms nothing as long as no suite is collected."""
    (tmp_path / "test_nothing.py").write_text("def test_nothing():\n    pass\n")
    done = run("--target", str(tmp_path / "missing.toml"), "-q", "test_nothing.py", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert not (tmp_path / "evidence").exists()
