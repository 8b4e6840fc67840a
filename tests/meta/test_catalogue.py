"""The catalogue is closed: an id has one file, one docstring, one row in the documents."""

import ast
import importlib
import re
from pathlib import Path

import pytest

from troth.case import CREDENTIAL, Fault
from troth.checks.charged import CHARGED
from troth.checks.server_error import owner_of
from troth.prop import CATALOGUE

ROOT = Path(__file__).parents[2]
PREFIXES = {"fuzz": "FUZ", "properties": "PRO", "security": "SEC"}
SUITES = [path for folder in PREFIXES for path in sorted((ROOT / folder).rglob("test_*.py"))]
SEVERITIES = {"critical", "high", "medium", "low", "info"}


def label(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def declarations(path: Path) -> list[ast.Call]:
    """The calls of ``prop`` that decorate functions of a module: `prop("FUZ101", …)`."""
    return [
        decorator
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef)
        for decorator in node.decorator_list
        if isinstance(decorator, ast.Call)
        and isinstance(decorator.func, ast.Name)
        and decorator.func.id == "prop"
    ]


def ids(path: Path) -> set[str]:
    found = set()
    for call in declarations(path):
        assert call.args, f"{label(path)}: @prop without an id"
        first = call.args[0]
        assert isinstance(first, ast.Constant), f"{label(path)}: the id is not written out"
        assert isinstance(first.value, str)
        found.add(first.value)
    return found


def documented() -> set[str]:
    """The ids that begin a table's row in README, ARCHITECTURE or docs."""
    texts = [ROOT / "README.md", ROOT / "ARCHITECTURE.md", *(ROOT / "docs").rglob("*.md")]
    return {
        match
        for path in texts
        if path.exists()
        for match in re.findall(
            r"^\|\s*[\[*`]*([A-Z]{3}\d{3})\b", path.read_text(encoding="utf-8"), re.MULTILINE
        )
    }


@pytest.mark.parametrize("path", SUITES, ids=label)
def test_a_suite_module_is_one_property(path):
    assert len(ids(path)) == 1, f"{label(path)} declares {sorted(ids(path)) or 'no property'}"
    (identifier,) = ids(path)
    assert re.fullmatch(rf"{PREFIXES[path.parent.name]}\d{{3}}", identifier)


@pytest.mark.parametrize("path", SUITES, ids=label)
def test_the_first_line_is_the_id_and_what_holds(path):
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    (identifier,) = ids(path)
    assert re.match(rf"{identifier}: \S.*[.?]$", docstring.splitlines()[0])
    assert len(docstring.splitlines()) > 2, "the docstring is the page: say why, control, limits"


@pytest.mark.parametrize("path", SUITES, ids=label)
def test_severity_and_references_are_written_out(path):
    for call in declarations(path):
        given = {keyword.arg: keyword.value for keyword in call.keywords}
        severity = given.get("severity")
        assert isinstance(severity, ast.Constant), "severity is not written out"
        assert severity.value in SEVERITIES


def test_ids_are_unique():
    owners: dict[str, list[str]] = {}
    for path in SUITES:
        for identifier in ids(path):
            owners.setdefault(identifier, []).append(label(path))
    assert not {each: where for each, where in owners.items() if len(where) > 1}


def test_what_checks_charge_is_known_without_the_suite():
    charged = {
        match
        for folder in ("checks", "spec")
        for path in sorted((ROOT / "src/troth" / folder).glob("*.py"))
        for match in re.findall(
            r"Complaint\(\s*\"([A-Z]{3}\d{3})\"", path.read_text(encoding="utf-8")
        )
    } | {owner_of(Fault(place, "", "k", "d")) for place in ("body", CREDENTIAL)}
    assert charged == CHARGED.keys()
    for path in SUITES:
        for identifier in ids(path) & charged:
            importlib.import_module(f"{path.parent.name}.{path.stem}")
            declared, said = CATALOGUE[identifier], CHARGED[identifier]
            assert (declared.severity, declared.refs) == (said.severity, said.refs)


def test_documents_list_exactly_what_exists():
    existing = {identifier for path in SUITES for identifier in ids(path)}
    assert existing, "no property was found at all"
    assert documented() == existing
