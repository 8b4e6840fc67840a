"""Every operation of the embedded service has a row in the smoke matrix, or a gate."""

import csv
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.serving import ROOT

with (Path(__file__).parent / "smoke_rows.tsv").open(encoding="utf-8") as table:
    ASKED = list(csv.DictReader(table, delimiter="\t"))


def matrix(**environ):
    command = [sys.executable, "-m", "troth", "matrix", "--json"]
    environ = {k: v for k, v in os.environ.items() if not k.startswith("SMOKE_")} | environ
    done = subprocess.run(
        command, cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {row["operation"]: row for row in json.loads(done.stdout)}


@pytest.fixture(scope="module")
def rows():
    return matrix()


def test_no_operation_is_without_row_or_gate(rows):
    assert len(rows) >= 150
    assert {row["state"] for row in rows.values()} == {"covered"}
    assert all(row["assertion"].startswith("status ") for row in rows.values())


def test_the_table_is_whole():
    assert len(ASKED) == 105


@pytest.mark.parametrize("asked", ASKED, ids=lambda each: f"{each['method']} {each['path']}")
def test_what_was_asked_for_is_asserted(asked, rows):
    row = rows[f"{asked['method']} {asked['path']}"]
    assert row["assertion"].partition(",")[0] == f"status {asked['status']}"
    for name in asked["asserted"].split():
        assert re.search(rf"\b{name}[:/ ]", row["assertion"])
    if asked["gate"]:
        assert asked["gate"] in row["gate"].split(", ")


def test_a_gate_that_is_shut_leaves_its_operations_out(rows):
    names = sorted({name for row in rows.values() for name in row["gate"].split(", ") if name})
    assert len(names) == 16
    found = matrix(**dict.fromkeys(names, "0"))
    for operation, row in found.items():
        assert row["state"] == ("gated" if rows[operation]["gate"] else "covered")
        assert (" is 0: " in row["reason"]) == bool(rows[operation]["gate"])
