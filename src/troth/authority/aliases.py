"""One operation under other spellings of its path, and asked by nobody: does its guard hold there?

Guards that compare paths as text, and routers that do not, disagree on slashes and letter case.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from troth.authority.presented import served
from troth.authority.standing import others
from troth.case import Case
from troth.composing.memory import Accepted
from troth.exchange import Exchange
from troth.ownership.telling import content, steady, told
from troth.principal import ANONYMOUS
from troth.prop import control
from troth.spec.operation import Operation

if TYPE_CHECKING:
    from troth.target import Target
    from troth.world import World

REFUSED: Final = frozenset({401, 403})
_SEGMENT = re.compile(r"(?<=/)[A-Za-z][A-Za-z0-9_-]*(?=/|$)")


def spellings(operation: Operation, path: str) -> Iterator[tuple[str, str]]:
    """Other spellings of ``path``, which is the operation's with its values and its query."""
    plain, mark, query = path.partition("?")
    literal = {each for each in operation.path.split("/") if each and "{" not in each}
    if not plain.endswith("/"):
        yield "a slash behind it", f"{plain}/{mark}{query}"
    yield "a doubled slash", f"/{plain}{mark}{query}"
    raised = _SEGMENT.sub(
        lambda found: _upper(found[0]) if found[0] in literal else found[0], plain
    )
    if raised != plain:
        yield "capital letters", raised + mark + query


def _upper(segment: str) -> str:
    return segment if re.fullmatch(r"v[0-9]+", segment) else segment.upper()


def asked(target: "Target") -> Iterator[Operation]:
    """Reads that ask for a credential; of each path one."""
    for each in target.spec.operations:
        streams = any("event-stream" in str(one.content) for one in each.responses.values())
        if each.method == "GET" and each.secured and not streams:
            yield each


Contradiction = tuple[str, tuple[Exchange, ...]] | None


def contradicted(world: "World", operation: Operation, accepted: Accepted) -> Contradiction:
    """Where whoever is refused is served after all: without a credential, or at another spelling;
    and the answers that show it. Raises Inconclusive.
    """
    case = world.case(operation, accepted.values, purpose="as whoever may")
    genuine = world.send(case, principal=accepted.principal)
    control(genuine.ok, "it is not served any more")
    lower = others(world.target, operation, accepted.principal)
    nobody = world.send(replace(case, purpose="as nobody"), principal=ANONYMOUS)
    refused = [(ANONYMOUS, nobody)] if nobody.status in REFUSED else []
    for who in lower:
        answer = world.send(replace(case, purpose="as another role"), principal=who)
        if answer.status != 403:
            continue
        refused.append((who, answer))
        if served(nobody, genuine) and _same(world, case, accepted, nobody, genuine):
            role = world.target.roles.role(who)
            what = f"`{role}` is refused {operation.label}, and anybody without a credential is not"
            return what, (answer, nobody)
    for name, path in spellings(operation, case.path):
        if path.partition("?")[0] in {each.path for each in world.target.spec.operations}:
            continue  # Another operation, of which the document says what it asks for.
        for who, answer in refused:
            other = Case(None, "GET", path, case.headers, purpose=f"with {name}")
            there = world.send(other, principal=who)
            if there.ok and served(there, genuine) and _same(world, case, accepted, there, genuine):
                role = "nobody" if who == ANONYMOUS else f"`{world.target.roles.role(who)}`"
                what = f"{role} is refused {operation.label}, and served at its path with {name}"
                return what, (answer, there)
    return None


def _same(
    world: "World", case: Case, accepted: Accepted, there: Exchange, genuine: Exchange
) -> bool:
    """Whether ``there`` tells what the genuine answers tell each time."""
    again = world.send(replace(case, purpose="as whoever may"), principal=accepted.principal)
    known = steady(told(content(genuine)), told(content(again)))
    found = told(content(there))
    return bool(known) and all(found.get(at) == value for at, value in known.items())
