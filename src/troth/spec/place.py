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


def value_at(document: Any, pointer: str) -> Any:
    """The value the pointer leads to. Raises LookupError when it leads nowhere."""
    for step in steps(pointer):
        document = document[int(step)] if isinstance(document, list) else document[step]
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


def without(document: Any, pointer: str) -> Any:
    """A copy of ``document`` that lacks the member at ``pointer``."""
    tokens = steps(pointer)
    if len(tokens) == 1 and isinstance(document, Mapping):
        return {key: value for key, value in document.items() if key != tokens[0]}
    if tokens and isinstance(document, Mapping) and tokens[0] in document:
        rest = "".join("/" + each.replace("~", "~0").replace("/", "~1") for each in tokens[1:])
        return {**document, tokens[0]: without(document[tokens[0]], rest)}
    return document
