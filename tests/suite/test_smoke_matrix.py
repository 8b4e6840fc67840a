"""Every operation of the embedded service has a row in the smoke matrix, or a gate."""

import json
import subprocess
import sys

from tests.serving import ROOT


def test_no_operation_is_without_row_or_gate():
    command = [sys.executable, "-m", "troth", "matrix", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    states = {row["operation"]: row["state"] for row in rows}
    assert len(states) >= 30
    assert set(states.values()) <= {"covered", "gated"}
    assertions = {row["operation"]: row["assertion"] for row in rows}
    assert (
        "/deleted_message_id"
        in assertions["DELETE /api/v1/conversations/{conversation_id}/messages/{message_id}"]
    )
    assert all(assertions.values())
