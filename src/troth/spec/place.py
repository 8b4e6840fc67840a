"""Reads and replaces values in JSON by pointer (RFC 6901)."""

from collections.abc import Mapping
from typing import Any


def steps(pointer: str) -> list[str]:
    """The reference tokens of a pointer, unescaped."""
    if not pointer:
        return []
    return [each.replace("~1", "/").replace("~0", "~") for each in pointer[1:].split("/")]


def present(document: Any, pointer: str) -> bool:
    """Whether the pointer leads somewhere."""
    for step in steps(pointer):
        if isinstance(document, Mapping) and step in document:
            document = document[step]
        elif isinstance(document, list) and step.isdigit() and int(step) < len(document):
            document = document[int(step)]
        else:
            return False
    return True


def at(document: Any, pointer: str) -> Any:
    """What the pointer leads to. Raises LookupError when it leads nowhere."""
    for step in steps(pointer):
        if isinstance(document, list) and step.isdigit():
            document = document[int(step)]
        elif isinstance(document, Mapping):
            document = document[step]
        else:
            raise LookupError(pointer)
    return document


def with_value(document: Any, pointer: str, value: Any) -> Any:
    """A copy of ``document`` with ``value`` at ``pointer``; the last step may be new."""
    tokens = steps(pointer)
    if not tokens:
        return value
    head, rest = (
        tokens[0],
        "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in tokens[1:]),
    )
    if isinstance(document, list):
        copy = list(document)
        index = int(head)
        if index < len(copy):
            copy[index] = with_value(copy[index], rest, value)
        else:
            copy.append(with_value(None, rest, value))
        return copy
    own = dict(document) if isinstance(document, Mapping) else {}
    own[head] = with_value(own.get(head), rest, value)
    return own
