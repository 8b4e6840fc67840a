"""What two path templates share, and ids as they stand in paths and bodies. Pure."""

from collections.abc import Mapping
from typing import Any

from troth.expression import ExpressionError, pointed


def template_parameters(path: str) -> list[tuple[int, str]]:
    """Index of the segment and name of each parameter of a path template."""
    return [
        (index, segment[1:-1])
        for index, segment in enumerate(path.split("/"))
        if segment.startswith("{") and segment.endswith("}")
    ]


def shared_values(producer: str, consumer: str, values: Mapping[str, str]) -> dict[str, str]:
    """The producer's path values that the consumer has too: their templates begin alike.

    ``POST /things/{id}/parts`` shares ``id`` with ``GET /things/{thing_id}/parts/{part_id}``.
    """
    shared: dict[str, str] = {}
    for mine, theirs in zip(consumer.split("/"), producer.split("/"), strict=False):
        both = mine.startswith("{") and theirs.startswith("{")
        if both and mine[1:-1] in values:
            shared[theirs[1:-1]] = values[mine[1:-1]]
        elif mine != theirs and not both:
            break
    return shared


def typed_as(value: Any, body: Any, pointer: str) -> Any:
    """An id as a number or as text, as what stands there is: JSON:API writes each id as text."""
    try:
        there = pointed(body, pointer, text=pointer)
    except ExpressionError:
        return value
    if isinstance(there, int) and isinstance(value, str) and value.isdecimal():
        return int(value)
    return str(value) if isinstance(there, str) and isinstance(value, int) else value
