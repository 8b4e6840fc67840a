"""Leaves out regular expressions that no engine reads: they say nothing, and break all else.

One that is read, and costs a second where it need not, is written in a cheaper way.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import jsonschema_rs

UNREADABLE = "x-troth-unreadable-pattern"
"""What is kept in their place, so that a reader of the evidence sees what stood there."""

# A property of characters and its opposite, which is every character: thus, with M, is each text
# of many a large provider. Spelt out, it is a million code points for Hypothesis to go through.
_EVERY = re.compile(r"(?<!\\)\[\\(?:p(\{\w+\})\\P\1|P(\{\w+\})\\p\2)\]")


def readable(schema: Mapping[str, Any]) -> Mapping[str, Any]:
    """``schema`` without what is no regular expression (ECMA-262, as JSON Schema has it)."""
    made = dict(schema)
    pattern = made.get("pattern")
    if "pattern" in made and not (isinstance(pattern, str) and _reads(pattern)):
        made[UNREADABLE] = made.pop("pattern")
    elif isinstance(pattern, str):
        made["pattern"] = _EVERY.sub(r"[\\s\\S]", pattern)
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
