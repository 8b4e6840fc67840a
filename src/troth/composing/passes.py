"""Keeps what an operation is sent with and may use up: its own token, and values good for once."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from troth.case import NO_BODY, Case, Values
from troth.composing.memory import Pass
from troth.composing.references import Resolver
from troth.composing.templates import template_parameters
from troth.config.operations import OperationSection
from troth.exchange import Exchange
from troth.spec.operation import Operation
from troth.told import dynamic, leaves, lookup, mapped, secret_of, taken

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

SECRET: Final = re.compile(r"token|code|key|secret|challenge|password", re.IGNORECASE)
SHORTEST: Final = 8


def perishable(target: "Target", case: Case, *, whole: bool) -> bool:
    """Whether ``case`` has what an earlier request may have used up."""
    if case.operation is None:
        return False
    if whole and case.values.token:
        return True
    return case.operation.label in target.memory.once and bool(sources(target, case))


def takes(target: "Target", operation: Operation) -> bool:
    """Whether values of ``operation`` come from answers, beside its token."""
    told = target.told(operation)
    return taken([told.path, told.query, told.headers, told.body])


def fitted(world: "World", case: Case, who: str) -> tuple[Case, Pass]:
    """``case`` with the token that its operation has now, and what came with that.

    A refused token is replaced first, and values that were good for once and have been used.
    Raises Inconclusive when no others can be had.
    """
    operation, memory = case.operation, world.target.memory
    assert operation is not None
    passes = memory.passes.setdefault(operation.label, [])
    once = operation.label in memory.once
    if not passes or passes[-1].refused or (once and passes[-1].spent):
        _renew(world, operation, case.values, who)
    held = memory.passes[operation.label][-1]
    for thing in held.answers.values():
        world.example.provenance.extend(thing.history)
    if case.values.token and case.values.token == held.token:
        return case, held
    values = replace(case.values, token=held.token if case.values.token else "")
    values = _carried(world.target, operation, values, held.drawn)
    return (case if values == case.values else _rebuilt(world.target, case, values)), held


def _renew(world: "World", operation: Operation, values: Values, who: str) -> None:
    told, memory = world.target.told(operation), world.target.memory
    once = operation.label in memory.once
    latest = memory.passes[operation.label][-1:]
    resolver = Resolver(world, operation, who, fresh=once, above=(operation.label,))
    token = lookup(told.token or "")
    producer = world.target.spec.operation(token.operation) if token is not None else None
    for label, thing in latest[0].answers.items() if latest and not once else ():
        # Only what gave the token is asked again.
        if producer is None or label != producer.label:
            resolver.answers[label] = thing
    # What makes the token may stand below the same thing.
    fixed = {
        name: str(value)
        for name, value in values.path.items()
        if not dynamic(told.path.get(name)) or not once
    }
    resolver.prepare(resolver.path(fixed))


def again_the_same(target: "Target", case: Case, before: Values) -> bool:
    """Whether ``case`` takes the same from the same answers as ``before``.

    Its one-time codes may be others: that half a minute turned in between makes nothing new.
    """
    assert case.operation is not None
    told = target.told(case.operation)

    def change(expression: str, value: Any) -> Any:
        return value if secret_of(expression) is None else expression

    return _mapped(told, case.values, change) == _mapped(told, before, change)


def _carried(
    target: "Target", operation: Operation, values: Values, new: Mapping[str, Any]
) -> Values:
    """``values`` with what an expression came to replaced by what it comes to now."""
    told, drawn = target.told(operation), target.memory.drawn

    def change(expression: str, value: Any) -> Any:
        known = expression in new and str(value) in drawn.get(expression, ())
        return new[expression] if known else value

    return _mapped(told, values, change)


def _mapped(told: OperationSection, values: Values, change: Callable[[str, Any], Any]) -> Values:
    return replace(
        values,
        path=mapped(told.path, values.path, change),
        query=mapped(told.query, values.query, change),
        headers=mapped(told.headers, values.headers, change),
        body=values.body if values.body is NO_BODY else mapped(told.body, values.body, change),
    )


def _rebuilt(target: "Target", case: Case, values: Values) -> Case:
    """``case`` of other values; bytes that no values would make stay as they are."""
    assert case.operation is not None
    if replace(values, token=case.values.token) == case.values or case.script is not None:
        return replace(case, values=values)
    before = target.generator.build(case.operation, case.values)
    after = target.generator.build(case.operation, values)
    return replace(
        case,
        values=values,
        path=after.path if case.path == before.path else case.path,
        headers=after.headers if case.headers == before.headers else case.headers,
        body=after.body if case.body == before.body else case.body,
    )


def sources(target: "Target", case: Case) -> list[str]:
    """The places of ``case`` that have a value of the target file's expressions."""
    operation = case.operation
    assert operation is not None
    told, drawn, values = target.told(operation), target.memory.drawn, case.values

    def has(expression: Any, value: Any) -> bool:
        return dynamic(expression) and str(value) in drawn.get(expression, ())

    segments = operation.path.split("/")
    found = [
        f"path:{index - len(segments)}"
        for index, name in template_parameters(operation.path)
        if has(told.path.get(name), values.path.get(name))
    ]
    for place in ("query", "headers"):
        given = getattr(values, place)
        for name, expression in getattr(told, place).items():
            if has(expression, given.get(name)):
                found.append(f"{place.removesuffix('s')}.{name}")
    found += _of_login(target, case)
    whole = case.fault is None or (case.fault.location, case.fault.name) != ("body", "")
    if told.body is not None and values.body is not NO_BODY and whole:
        sent = dict(leaves(values.body))
        found += [
            f"body#{at}"
            for at, text in leaves(told.body)
            if has(text, sent.get(at)) or (_hidden(at, text) and text == sent.get(at))
        ]
    return found


def _hidden(at: str, told: Any) -> bool:
    """Whether redaction takes what stands in the target file: a password that is made up."""
    return isinstance(told, str) and SECRET.search(at) is not None and not dynamic(told)


def _of_login(target: "Target", case: Case) -> list[str]:
    """The places of a login that have what a principal of the target file logs in with."""
    login, asked = target.file.session.login, case.operation
    if login is None or asked is None or not asked.named(login.operation):
        return []
    if case.values.body is NO_BODY or case.fault is not None:
        return []
    sent = dict(leaves(case.values.body))
    for name, each in target.file.principals.items():
        own = dict(leaves(each.login or {}))
        if own and all(sent.get(at) == value for at, value in own.items()):
            return [f"body#{at} <- login {name} {at}" for at in own]
    return []


def traced(case: Case, history: Sequence[Exchange], known: Sequence[str]) -> list[str]:
    """Where in the body stands what redaction takes from the record, and which answer had it.

    Ids are found again by themselves; tokens and codes are not, for nobody may see them.
    """
    if case.operation is None or case.fault is not None or case.values.body is NO_BODY:
        return []
    found = []
    for at, value in leaves(case.values.body):
        telling = isinstance(value, str) and len(value) >= SHORTEST and SECRET.search(at)
        if not telling or any(each.partition(" ")[0] == f"body#{at}" for each in known):
            continue
        for exchange in reversed(history):
            pointer = _standing(exchange, value)
            if pointer is not None:
                found.append(f"body#{at} <- {exchange.number} $response.body#{pointer}")
                break
    return found


def token_source(
    target: "Target", operation: Operation, token: str, history: Sequence[Exchange]
) -> str:
    """Where the token of a request is found anew: where the target file says, or in the answer
    that had it.
    """
    if target.told(operation).token is None:
        for exchange in reversed(history):
            pointer = _standing(exchange, token)
            if pointer is not None:
                return f"token <- {exchange.number} $response.body#{pointer}"
    return "token"


def _standing(exchange: Exchange, value: Any) -> str | None:
    if exchange.response is None or str(value).encode() not in exchange.response.body:
        return None
    try:
        answer = exchange.response.json()
    except ValueError:
        return None
    return next((at for at, each in leaves(answer) if each == value), None)
