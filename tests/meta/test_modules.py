"""Every module has one idea, says it in its first line, and stays short."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = (
    "src",
    "fuzz",
    "properties",
    "security",
    "tests",
    "benchmarks",
    "conf",
    "docs",
    ".ci",
    ".github",
)
MODULES = sorted(
    path
    for folder in ("src", "fuzz", "properties", "security", "benchmarks")
    for path in (ROOT / folder).rglob("*.py")
)
BANNED = re.compile(r"manager|handler|helper|utils?|engine|common|misc")
LONGEST = 400

# Folders of one machine. `/tmp` may be named in a hostile value, but not as a place to write.
MACHINE = re.compile(r"(?<![\w.$}/])/(?:work|root|opt|tmp|home/\w+)/\w")


def label(path: Path) -> str:
    return str(path.relative_to(ROOT))


def committed() -> list[Path]:
    """What git tracks or would track; everything below the root outside a repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode != 0:
        folders = [path for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
        return [path for path in [*folders, *ROOT.glob("*")] if path.is_file()]
    names = listed.stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_first_line_is_a_sentence(path):
    text = path.read_text(encoding="utf-8")
    docstring = ast.get_docstring(ast.parse(text))
    assert docstring, f"{label(path)} does not say its one idea"
    assert text.removeprefix("r").startswith('"""'), (
        f"{label(path)} does not begin with its docstring"
    )
    first = docstring.splitlines()[0]
    assert first.endswith((".", "?")), f"{label(path)}: no sentence: {first}"
    assert len(first.split()) > 2, f"{label(path)}: no sentence: {first}"


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_module_is_short_and_its_name_says_something(path):
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGEST, f"{label(path)} has {lines} lines: two ideas?"
    assert not BANNED.search(path.stem), f"{path.stem} says nothing"


@pytest.mark.parametrize("path", MODULES, ids=label)
def test_no_class_is_named_by_a_word_that_says_nothing(path):
    banned = re.compile(r"(?:manager|handler|helper|utils?|engine|common)$", re.IGNORECASE)
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ClassDef):
            assert not banned.search(node.name), f"{label(path)}:{node.lineno}: {node.name}"


def test_no_file_names_a_folder_of_one_machine():
    own = Path(__file__)
    found = []
    for path in committed():
        if path in {own, ROOT / "uv.lock", ROOT / "LICENSE"}:
            continue
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue  # not text
        found += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
            for number, line in enumerate(text.splitlines(), start=1)
            if MACHINE.search(line)
        ]
    assert not found, "\n".join(found)


def test_base_names_of_tests_are_unique():
    """Without packages, two tests of one name would shadow each other's caches and reports."""
    names = [path.name for path in (ROOT / "tests").rglob("test_*.py")]
    assert not {name for name in names if names.count(name) > 1}
