"""Requests with a text in them that forges log records where it is written as it is."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import quote

from troth.case import NO_BODY, Case, Fault
from troth.checks.secrets import SECRET
from troth.logs.integrity import payload
from troth.spec.operation import Operation
from troth.world import World


@dataclass(frozen=True)
class Forgery:
    """``made`` gives the request that has the payload of a marker at ``place``."""

    place: str
    made: Callable[[str], Case]


def forgeries(world: World) -> Iterator[Forgery]:
    """A path, a query, a user agent, the name of a login, a text in a body."""
    yield Forgery("a path", lambda marker: _case(f"/{quote(payload(marker), safe='')}"))
    yield Forgery("a query", lambda marker: _case(f"/?troth={quote(payload(marker), safe='')}"))
    # Line ends do not go through a header; what decodes it finds them.
    yield Forgery(
        "a user agent",
        lambda marker: _case("/troth-no-such-thing", ("User-Agent", quote(payload(marker)))),
    )
    target = world.target
    login = target.file.session.login
    operation = target.spec.operation(login.operation) if login is not None else None
    if operation is not None and target.closed(operation) is None:
        known = [each.login for each in target.file.principals.values() if each.login is not None]
        for body in known[:1]:
            yield Forgery("the name of a login", _in_body(world, operation, body))
    for operation in target.spec.operations:
        accepted = target.memory.accepted.get(operation.label)
        given = accepted.values.body if accepted is not None else NO_BODY
        if operation.method == "POST" and isinstance(given, dict) and _texts(given):
            yield Forgery("a body", _in_body(world, operation, given))
            return


def _case(path: str, *headers: tuple[str, str]) -> Case:
    return Case(None, "GET", path, headers, purpose="a text that forges log lines")


def _texts(body: dict[str, Any]) -> list[str]:
    return [
        name for name, each in body.items() if isinstance(each, str) and not SECRET.fullmatch(name)
    ]


def _in_body(world: World, operation: Operation, body: Any) -> Callable[[str], Case]:
    """The texts of ``body`` are forged, and its secrets wrong: it is refused."""
    values = world.accepted(operation).values

    def made(marker: str) -> Case:
        text = payload(marker)
        forged = {
            name: (text if not SECRET.fullmatch(name) else "troth-wrong-1")
            if isinstance(each, str)
            else each
            for name, each in dict(body).items()
        }
        case = world.target.generator.build(operation, replace(values, body=forged))
        fault = Fault("body", "", "forged log lines", "a text that forges log lines")
        return replace(case, body=json.dumps(forged).encode(), fault=fault)

    return made
