"""The outline of an answer: which members of which types its body has, not their values."""

from typing import Any

from troth.exchange import Response

DEEPEST = 12


def outline(response: Response) -> str:
    """The media type, and of a JSON body every member with its type; arrays by their kinds."""
    try:
        body = response.json()
    except (ValueError, RecursionError):
        return response.media_type
    return f"{response.media_type} {_of(body, DEEPEST)}"


def _of(value: Any, depth: int) -> str:
    if isinstance(value, dict) and depth:
        members = (f"{name}:{_of(each, depth - 1)}" for name, each in sorted(value.items()))
        return "{" + ",".join(members) + "}"
    if isinstance(value, list) and depth:
        return "[" + ",".join(sorted({_of(each, depth - 1) for each in value})) + "]"
    return type(value).__name__
