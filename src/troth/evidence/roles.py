"""``roles.json``: which role was served which operation, to be reviewed and compared with."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from troth.errors import UsageError
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


Rows = dict[str, dict[str, dict[str, Any]]]
"""By operation and role: what came of it (``cell``), and its ``status``."""
UNASKED: Final = "not asked"


def read_roles(path: Path) -> tuple[str, Rows]:
    """The name of the target, and the matrix. Raises UsageError where ``path`` is none."""
    try:
        found = json.loads(path.read_bytes())
        rows = {
            label: {
                role: {"cell": str(each["cell"]), "status": each["status"]} for role, each in row
            }
            for label, row in ((key, value.items()) for key, value in found["operations"].items())
        }
        return str(found["target"]), rows
    except OSError as error:
        raise UsageError(
            f"cannot read {path}: {error.strerror}; name the directory of a run"
        ) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise UsageError(f"{path} is no roles.json of a run; name the directory of one") from None


def accepted(reviewed: Rows, seen: Rows) -> Rows:
    """What was seen, and where nothing was asked what was reviewed before: a run of a part of the
    operations takes back no refusal.
    """
    labels = sorted({*reviewed, *seen})
    found: Rows = {}
    for label in labels:
        old, new = reviewed.get(label, {}), seen.get(label, {})
        roles = sorted({*old, *new})
        found[label] = {
            role: new[role]
            if role in new and new[role]["cell"] != UNASKED
            else old.get(role, new.get(role, {}))
            for role in roles
        }
    return found


def changes(before: Rows, after: Rows) -> Iterator[str]:
    """A line for each role that is answered otherwise now, those that gained something first."""
    found = []
    for label, row in after.items():
        for role, each in row.items():
            old = before.get(label, {}).get(role, {}).get("cell", UNASKED)
            if old != each["cell"]:
                gains = each["cell"] == "served" and old != UNASKED
                found.append((not gains, f"{role}: {label} was {old}, is {each['cell']}"))
    yield from (line for _, line in sorted(found))
