"""``roles.json``: which role was served which operation, to be reviewed and compared with."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from troth.evidence.directory import write_json
from troth.redaction import Redactor

NAME: Final = "roles.json"


def write_roles(path: Path, *, target: str, cells: Mapping[str, Any], redactor: Redactor) -> None:
    """Writes the matrix by operation. Raises UsageError when the disk does not take it."""
    labels = sorted({label for row in cells.values() for label in row})
    nothing = {"cell": "not asked", "status": None}
    rows = {
        label: {role: cells[role].get(label, nothing) for role in sorted(cells)} for label in labels
    }
    write_json(path, redactor.value({"target": target, "operations": rows}))
