"""Reads back what a write was aimed at, so that a refused one can be seen to have no effect."""

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from troth.case import Case, Values
from troth.composing.templates import shared_values
from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.world import World


def read_back(world: "World", operation: Operation, case: Case, *, again: bool = False) -> Any:
    """What the reader of ``operation``'s thing shows now, without what changes by itself.

    None for a safe operation, and where nothing reads it or the reader refuses. Where it was read
    a moment ago and nothing was sent since, that will do, unless it is to be read ``again``.
    """
    if operation.safe or (case.fault is not None and case.fault.location == "path"):
        return None
    reader = reader_of(world, operation)
    if reader is None:
        return None
    try:
        accepted = world.accepted(reader)
    except Inconclusive:
        return None
    own = world.as_sent(case).values.path
    path = shared_values(reader.path, operation.path, {k: str(v) for k, v in own.items()})
    values = replace(accepted.values, path={**accepted.values.path, **path})
    memory, sent = world.target.memory, world.target.recorder
    known = memory.volatile
    if not again and memory.reading is not None and reader.label in known:
        number, what, shown = memory.reading
        if (number, what) == (sent.count, (reader.label, values)):
            return shown
    first = _read(world, reader, values)
    if first is None:
        return None
    if reader.label not in known:
        second = _read(world, reader, values)
        known[reader.label] = frozenset(differences(first, second))
    shown = pruned(first, known[reader.label])
    memory.reading = (sent.count, (reader.label, values), shown)
    return shown


def reader_of(world: "World", operation: Operation) -> Operation | None:
    """The GET of the same path, else of the thing that an action path belongs to."""
    path = operation.place
    while path.count("/") > 1 or path == operation.place:
        reader = world.target.spec.operation(f"GET {path}")
        if reader is not None and world.target.closed(reader) is None:
            return reader
        path = path.rpartition("/")[0]
        if not path or not path.endswith("}"):
            return None
    return None


def _read(world: "World", reader: Operation, values: Values) -> Any:
    case = world.target.generator.build(reader, values, purpose="read back")
    exchange: Exchange = world.send(case)
    if not exchange.ok or exchange.response is None:
        return None
    try:
        return exchange.response.json()
    except ValueError:
        return exchange.response.body


def differences(one: Any, other: Any, at: str = "") -> set[str]:
    """Where two readings differ; indexes of lists are written ``*``."""
    if isinstance(one, dict) and isinstance(other, dict):
        keys = one.keys() | other.keys()
        return {
            found
            for key in keys
            for found in differences(one.get(key), other.get(key), f"{at}/{key}")
        }
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return {
            found
            for left, right in zip(one, other, strict=True)
            for found in differences(left, right, f"{at}/*")
        }
    return set() if one == other else {at}


def pruned(value: Any, places: frozenset[str], at: str = "") -> Any:
    """``value`` without the members at ``places``."""
    if at in places:
        return None
    if isinstance(value, dict):
        return {key: pruned(each, places, f"{at}/{key}") for key, each in value.items()}
    if isinstance(value, list):
        return [pruned(each, places, f"{at}/*") for each in value]
    return value
