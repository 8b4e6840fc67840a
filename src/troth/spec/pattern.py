"""Leaves out regular expressions that no engine reads: they say nothing, and break all else."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

UNREADABLE = "x-troth-unreadable-pattern"
"""What is kept in their place, so that a reader of the evidence sees what stood there."""


def readable(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """``schema`` without what is no regular expression (ECMA-262, as JSON Schema has it)."""
    made = dict(schema)
    pattern = made.get("pattern")
    if "pattern" in made and not (isinstance(pattern, str) and _reads(pattern)):
        made[UNREADABLE] = made.pop("pattern")
    inside = made.get("patternProperties")
    if isinstance(inside, Mapping) and not all(map(_reads, inside)):
        made["patternProperties"] = {name: each for name, each in inside.items() if _reads(name)}
    return schema if made == schema else made


@lru_cache(maxsize=4096)
def _reads(pattern: str) -> bool:
    try:
        jsonschema_rs.validator_for({"pattern": pattern})
    except (jsonschema_rs.ValidationError, ValueError):
        return False
    return True
