"""How a target file names an operation, and what it says for a member that must be sent."""

import re
from typing import Any, Final

from troth.spec.operation import Operation, Schema, Spec
from troth.spec.schema import branches, resolve, types
from troth.spec.wording import PASSWORDS, PEOPLE, plain

TOKENISH: Final = re.compile(r"[A-Za-z0-9._~+/=|-]{16,}")
"""What may be a token: long, and without spaces."""


def name_of(operation: Operation) -> str:
    """How a target file names an operation: by what can be read without the document."""
    return operation.label


def sample(spec: Spec, at: tuple[str, ...], schema: Schema) -> Any:
    """A value for a member that must be there, by its name and schema."""
    name, known = plain(at[-1]), resolve(spec, schema)
    if "email" in name or known.get("format") == "email":
        return "$unique@example.com"
    if any(name.startswith(each) or name.endswith(each) for each in PASSWORDS):
        return "$password"
    if name in map(plain, PEOPLE) or name in {"slug", "handle", "nick", "displayname", "fullname"}:
        return "$unique"
    for branch in branches(spec, schema):
        for word in ("example", "default", "const"):
            if branch.get(word) is not None:
                return branch[word]
        listed = branch.get("enum") or branch.get("examples")
        if isinstance(listed, list) and listed:
            return listed[0]
    kinds = types(spec, schema)
    if kinds & {"integer", "number"}:
        return max(1, int(known.get("minimum", 1)))
    if "boolean" in kinds:
        return True
    return "$unique" if not kinds or "string" in kinds else {}
