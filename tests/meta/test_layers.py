"""Imports go one way, and each outside library is behind its own modules."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src"
SUITES = ("fuzz", "properties", "security")

# From the bottom up. A module may import its own layer and those before it; the longest name
# that is a prefix of a module's decides, so `troth.spec.operation` is not where `troth.spec` is.
LAYERS = (
    # Values: what was sent, what came back, what is held against it.
    (
        "troth.errors",
        "troth.verdict",
        "troth.exchange",
        "troth.spec.operation",
        "troth.case",
        "troth.finding",
        "troth.redaction",
        "troth.expression",
        "troth.outline",
        "troth.told",
        "troth.spec.place",
        "troth.curl",
        "troth.evidence.protocol",
    ),
    # Configuration: what a target file may say.
    ("troth.config",),
    # Wire: the document, the connection, and who calls.
    (
        "troth.spec",
        "troth.transport",
        "troth.credential",
        "troth.session",
        "troth.principal",
        "troth.signature",
        "troth.suiting",
        "troth.launch",
        "troth.logs",
        "troth.gate",
    ),
    # Question: what is asked of a target, and what is learnt about it on the way.
    (
        "troth.prop",
        "troth.profile",
        "troth.blame",
        "troth.checks",
        "troth.strategies",
        "troth.composing",
        "troth.people",
        "troth.conversation",
        "troth.models",
        "troth.ownership",
        "troth.authority",
        "troth.probes",
        "troth.exposure",
        "troth.readback",
        "troth.observe",
        "troth.runs",
        "troth.world",
        "troth.target",
        "troth.subjects",
        "troth.spread",
        "troth.attained",
    ),
    # Answer: runs the properties and keeps what they found.
    (
        "troth.opening",
        "troth.policy",
        "troth.matrix",
        "troth.minimal",
        "troth.runner",
        "troth.replaying",
        "troth.exposure.overheard",
        "troth.evidence",
        "troth.report",
        "troth.suites",
        "troth.plugin",
        "troth.proposal",
        "troth.cli",
        "troth.__main__",
        "troth.defects",
    ),
    # Suites: the wheel carries them below `troth.suites`.
    ("fuzz", "properties", "security"),
)
RANKS = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}

# Which modules may import a library; a prefix that ends in a dot means what is below it.
LIBRARIES = {
    "schemathesis": ("troth.spec.schemathesis",),
    "openapi_core": ("troth.checks.", "troth.spec."),
    "httpcore": ("troth.transport.",),
    "h11": ("troth.transport.", "troth.reference."),
    "httpx": (
        "troth.transport.",
        "troth.spec.load",
        "troth.spec.fetch",
        "troth.spec.stream",
        "troth.target.launch",
    ),
    "fastapi": ("troth.reference.", "troth.defects."),
    "starlette": ("troth.reference.", "troth.defects."),
    "sqlalchemy": ("troth.reference.", "troth.defects."),
    "alembic": ("troth.reference.migrations.",),
    "redis": ("troth.reference.",),
    "psycopg": ("troth.reference.",),
    "argon2": ("troth.reference.", "troth.defects."),
    "pyotp": ("troth.told", "troth.reference."),
    "httpx_sse": ("troth.spec.",),
    "websockets": ("troth.transport.",),
    "tomlkit": ("troth.proposal.",),
    "xdist": ("troth.runner.distribution",),
}


def name_of(path: Path) -> str:
    """``src/troth/spec/__init__.py`` is ``troth.spec``; ``fuzz/test_x.py`` is ``fuzz.test_x``."""
    root = SOURCE if path.is_relative_to(SOURCE) else ROOT
    parts = path.relative_to(root).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imports(path: Path) -> Iterator[str]:
    """Every module that a file imports, wherever the import stands in it."""
    modules = {name_of(each) for each in FILES}
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: a relative import"
            assert node.module is not None
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in modules else node.module


def of_reference(module: str) -> bool:
    return f"{module}.".startswith("troth.reference.")


def within(module: str, prefix: str) -> bool:
    return module.startswith(prefix) if prefix.endswith(".") else module == prefix


def rank(module: str) -> int | None:
    """The layer of a module, or None for one that the table does not know."""
    while module:
        if module in RANKS:
            return RANKS[module]
        module = module.rpartition(".")[0]
    return None


LIBRARY_FILES = sorted(SOURCE.rglob("*.py"))
SUITE_FILES = sorted(path for suite in SUITES for path in (ROOT / suite).rglob("*.py"))
FILES = LIBRARY_FILES + SUITE_FILES
LAYERED = [path for path in FILES if name_of(path) != "troth" and not of_reference(name_of(path))]


def label(path: Path) -> str:
    return name_of(path)


@pytest.mark.parametrize("path", LAYERED, ids=label)
def test_module_is_in_the_table_and_imports_downwards(path):
    own = rank(name_of(path))
    assert own is not None, f"{name_of(path)} is in no layer: put it into LAYERS"
    for imported in imports(path):
        if imported.split(".")[0] not in {"troth", *SUITES} or imported == "troth":
            continue
        if of_reference(imported):
            continue  # its own test below
        other = rank(imported)
        assert other is not None, f"{name_of(path)} imports {imported}, which is in no layer"
        assert other <= own, f"{name_of(path)} imports {imported}, which is above it"


@pytest.mark.parametrize("path", LIBRARY_FILES, ids=label)
def test_each_outside_library_stays_behind_its_modules(path):
    for imported in imports(path):
        allowed = LIBRARIES.get(imported.split(".")[0])
        if allowed is not None:
            assert any(within(name_of(path), each) for each in allowed), (
                f"{name_of(path)} imports {imported}, which is for {', '.join(allowed)} only"
            )


@pytest.mark.parametrize("path", SUITE_FILES, ids=label)
def test_a_suite_imports_troth_hypothesis_and_pytest_only(path):
    tops = {imported.split(".")[0] for imported in imports(path)}
    assert tops <= {"troth", "hypothesis", "pytest"} | STANDARD, name_of(path)
    assert not [each for each in imports(path) if each.startswith("troth.suites")]


# What a property may need of the standard library; nothing that reaches the network or the disk.
STANDARD = {"collections", "contextlib", "dataclasses", "itertools", "json", "math", "re", "typing"}


@pytest.mark.parametrize("path", LIBRARY_FILES, ids=label)
def test_nothing_but_the_command_line_and_defects_knows_the_reference_service(path):
    name = name_of(path)
    if of_reference(name):
        strangers = {
            each for each in imports(path) if each.startswith("troth") and not of_reference(each)
        }
        assert not strangers, f"the reference service imports {strangers}: it is a service apart"
    elif not name.startswith(("troth.cli", "troth.defects")):
        assert not [each for each in imports(path) if of_reference(each)], name


def test_every_layer_names_modules_that_exist():
    names = {name_of(path) for path in FILES}
    assert not [each for each in RANKS if each not in names], "LAYERS names what is not there"
