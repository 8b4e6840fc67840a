"""Requests with made-up personal data in them, where the owner says that a place holds such data.

No name of a member makes it personal by itself: whether an address may be logged is the owner's to
say, by `[target] personal` or by `x-pii` or `x-sensitive` in the document.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from secrets import choice
from typing import Any, Final

from troth.case import Case
from troth.composing.faults import body_schema
from troth.composing.memory import Accepted
from troth.exposure.canaries import Probe
from troth.logs.search import canary
from troth.spec.operation import Operation, Spec
from troth.spec.place import with_value
from troth.spec.schema import branches, items, properties
from troth.spec.shape import escaped
from troth.target import Target
from troth.told import leaves
from troth.world import World

MARKS: Final = ("x-pii", "x-sensitive")
_MOST = 3  # operations that are asked in smoke
_DIGITS = 12  # behind +999, which is nobody's


def personal(world: World) -> Iterator[Probe]:
    """One for each personal member of a body, and each personal parameter of a query.

    What changes a thing is left out, for it may be the person who is asking, and what deletes too.
    """
    target = world.target
    asked = [each for each in target.spec.operations if _asked(target, each)]
    known = [each for each in asked if each.label in target.memory.accepted]
    for operation in known[:_MOST] if target.profile.examples == 1 else asked:
        base = world.accepted(operation)
        for pointer in _members(target, operation, base.values.body):
            yield _in_body(target, operation, base, pointer)
        for name in _queries(target, operation):
            yield _in_query(target, operation, base, name)


def _asked(target: Target, operation: Operation) -> bool:
    if operation.method not in {"GET", "POST"} or not target.asked(operation):
        return False
    if target.closed(operation) is not None:
        return False
    return bool(_queries(target, operation)) or bool(_declared(target, operation))


def _declared(target: Target, operation: Operation) -> list[str]:
    """Pointers of personal members, as the schema and the target file say."""
    schema = body_schema(operation, None)
    every = list(_walked(target.spec, schema, "", 0)) if schema is not None else []
    told = target.file.target.personal
    return [at for at, marked in every if marked or at.endswith(told)]


def _walked(spec: Spec, schema: Any, at: str, depth: int) -> Iterator[tuple[str, bool]]:
    if depth > 3:
        return
    for name, each in properties(spec, schema).items():
        yield f"{at}{escaped(name)}", _marked(spec, each)
        inner = items(spec, each)
        below, step = (each, "") if inner is None else (inner, "/0")
        yield from _walked(spec, below, f"{at}{escaped(name)}{step}", depth + 1)


def _members(target: Target, operation: Operation, body: Any) -> list[str]:
    """Those that hold a text in a body that was served."""
    if not isinstance(body, Mapping):
        return []
    declared, told = _declared(target, operation), target.file.target.personal
    return [
        at
        for at, value in leaves(body)
        if isinstance(value, str) and (at in declared or at.endswith(told))
    ]


def _queries(target: Target, operation: Operation) -> list[str]:
    told = {each.rpartition("/")[2] for each in target.file.target.personal}
    return [
        each.name
        for each in operation.parameters
        if each.location == "query" and (each.name in told or _marked(target.spec, each.schema))
    ]


def _marked(spec: Spec, schema: Any) -> bool:
    return any(branch.get(mark) is True for branch in branches(spec, schema) for mark in MARKS)


def _like(value: str, fresh: str) -> str:
    """A value of the same kind that has ``fresh`` in it."""
    if "@" in value:
        return f"{fresh}@{value.rpartition('@')[2]}"
    return f"+{fresh}" if value.startswith("+") else fresh


def _fresh(value: str) -> str:
    digits = value.lstrip("+").replace(" ", "").replace("-", "")
    if digits.isdecimal():
        return "999" + "".join(choice("0123456789") for _ in range(_DIGITS))
    return canary()


def _in_body(target: Target, operation: Operation, base: Accepted, pointer: str) -> Probe:
    values = base.values
    value = next(each for at, each in leaves(values.body) if at == pointer)

    def made(fresh: str) -> Case:
        body = with_value(values.body, pointer, _like(value, fresh))
        return target.generator.build(operation, replace(values, body=body))

    what = f"the personal {pointer} in the body of {operation.label}"
    where = "personal data of a body"
    return Probe(what, made, where, base.principal, lambda: _fresh(value))


def _in_query(target: Target, operation: Operation, base: Accepted, name: str) -> Probe:
    value = str(base.values.query.get(name, ""))

    def made(fresh: str) -> Case:
        query = {**base.values.query, name: _like(value, fresh)}
        return target.generator.build(operation, replace(base.values, query=query))

    what = f"the personal `{name}` in the query of {operation.label}"
    where = "personal data of a query"
    return Probe(what, made, where, base.principal, lambda: _fresh(value))
