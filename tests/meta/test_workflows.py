"""What CI runs is what the README promises, and no workflow input reaches a shell unquoted."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
OWNERS_COMMAND = "uv run pytest fuzz --hypothesis-profile smoke"
TESTS_COMMAND = "uv run pytest tests"


def load(path):
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def steps(path):
    return [step for job in load(path)["jobs"].values() for step in job.get("steps", ())]


def scripts(path):
    return [step["run"] for step in steps(path) if "run" in step]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_a_workflow_may_read_only_and_is_bounded(path):
    workflow = load(path)
    assert workflow["permissions"] == {"contents": "read"}
    assert "concurrency" in workflow
    for name, job in workflow["jobs"].items():
        assert "timeout-minutes" in job, f"{path.name}: {name} may hang for six hours"
        assert "permissions" not in job, f"{path.name}: {name} widens its permissions"


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_expressions_reach_a_shell_through_the_environment_only(path):
    for script in scripts(path):
        assert "${{" not in script, f"{path.name}: pass it through env: {script}"


def test_ci_runs_the_owners_commands_verbatim():
    lines = [line.strip() for script in scripts(WORKFLOWS[0]) for line in script.splitlines()]
    assert OWNERS_COMMAND in lines
    assert TESTS_COMMAND in lines
    local = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert re.search(rf"\b{OWNERS_COMMAND}$", local, re.MULTILINE)
    assert re.search(rf"\b{TESTS_COMMAND}$", local, re.MULTILINE)


def test_the_readme_promises_what_ci_runs():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert OWNERS_COMMAND in readme
    assert TESTS_COMMAND in readme


def test_every_supported_python_is_tested():
    matrix = load(ROOT / ".github/workflows/ci.yml")["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["python"] == ["3.11", "3.12", "3.13", "3.14"]


def test_the_nightly_run_keeps_its_evidence_and_its_database():
    nightly = ROOT / ".github" / "workflows" / "nightly.yml"
    triggers = load(nightly)[True]  # YAML 1.1 reads the key `on` as a boolean
    assert triggers["schedule"]
    assert "workflow_dispatch" in triggers
    upload = [step for step in steps(nightly) if "upload-artifact" in step.get("uses", "")]
    assert [step["if"] for step in upload] == ["always()"]
    caches = [step for step in steps(nightly) if "actions/cache" in step.get("uses", "")]
    assert [step["with"]["path"] for step in caches] == [".hypothesis/examples"] * 2
    assert any("--budget" in script for script in scripts(nightly))


def test_the_local_run_is_executable_and_sound_bash():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    assert "set -euo pipefail" in script.read_text(encoding="utf-8")
    bash = shutil.which("bash")
    assert bash is not None
    subprocess.run([bash, "-n", str(script)], check=True)


def test_pre_commit_pins_what_the_lock_pins():
    hooks = load(ROOT / ".pre-commit-config.yaml")["repos"]
    assert {repo["repo"] for repo in hooks} == {"local"}, "uv.lock is the one place for versions"
