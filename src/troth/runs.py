"""Something that runs behind a stream or a request: begun, watched, stopped, gone on with."""

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any, Final, TypeVar

from troth.case import Case, Values
from troth.composing.memory import Accepted
from troth.composing.reach import minimal
from troth.composing.templates import template_parameters
from troth.exchange import Exchange
from troth.expression import ExpressionError, evaluate
from troth.prop import Inconclusive, control
from troth.spec.operation import Operation
from troth.spec.place import at
from troth.spec.running import Running
from troth.spec.stream import decoded
from troth.told import DURING

if TYPE_CHECKING:
    from troth.world import World

Found = TypeVar("Found")
FIRST: Final = 0.01
"""Seconds before the second look; each later one waits for longer, up to ``MOST``."""
MOST: Final = 0.25
FEWEST: Final = 5
"""Looks that are taken at least: one slow answer does not decide."""
AGAIN: Final = frozenset({409, 423, 425, 429, 503})
"""What is answered while the last run is being put away."""

OVER: Final = frozenset({404, 409, 410, 422})
"""What a stop is answered with when there is nothing to stop any more."""


@dataclass
class Run:
    """One run of ``running``; ``id`` is known when it has begun."""

    world: "World"
    running: Running
    accepted: Accepted
    id: str = ""
    seen: list[Exchange] = field(default_factory=list)

    @property
    def path(self) -> dict[str, str]:
        """The values of the path that it was begun with."""
        return {name: str(value) for name, value in self.accepted.values.path.items()}

    @property
    def known(self) -> bool:
        """Whether it is known which run it is: by its own word, or by the path it began with."""
        read = self.running.read or self.running.resume or self.running.stop
        names = {name for _, name in template_parameters(read.path)} if read is not None else set()
        return bool(self.id) or names <= self.path.keys()

    def case(self, operation: Operation, *, purpose: str, body: Any = None) -> Case:
        """A case of ``operation`` on this run, like one that was served."""
        target = self.world.target
        own = operation is self.running.begin
        values = self.accepted.values if own else _values(self.world, operation)
        path = {
            name: self.path.get(name, self.id) for _, name in template_parameters(operation.path)
        }
        values = replace(values, path={**values.path, **path}, token=self.accepted.values.token)
        if body is not None:
            values = replace(values, body=body, media_type=_media(operation, values))
        return target.generator.build(operation, values, purpose=purpose)

    def send(
        self, operation: Operation, *, purpose: str, body: Any = None, during: bool = False
    ) -> Exchange:
        """Send ``operation`` for this run, as who began it; ``during`` another answer of it."""
        case, who = self.case(operation, purpose=purpose, body=body), self.accepted.principal
        if during:
            errand = self.world.errand(case, who, whole=True, purpose=purpose)
            exchange = self.world.run(replace(errand, sources=(DURING, *errand.sources)))
        else:
            exchange = self.world.send(case, principal=who, whole=True)
        self.seen.append(exchange)
        return exchange

    def state(self) -> tuple[Exchange, Any]:
        """What its state is now. Raises Inconclusive when it is not shown."""
        running = self.running
        assert running.read is not None
        assert running.state is not None
        exchange = self.send(running.read, purpose="its state")
        control(exchange.ok and exchange.response, f"its state is answered {exchange.status}")
        assert exchange.response is not None
        try:
            return exchange, at(exchange.response.json(), running.state.pointer)
        except (ValueError, LookupError) as error:
            pointer = running.state.pointer
            raise Inconclusive(f"its state has nothing at {pointer}") from error

    def settled(self, within: float) -> tuple[Exchange, Any]:
        """Its state as soon as it does not run any more, or after so many seconds."""
        return patiently(self.state, within, over=lambda found: not self.running.running(found[1]))

    def goes_on(self, operation: Operation, within: float) -> Exchange:
        """The answer when ``operation`` is served, or the last refusal after so many seconds."""

        def again() -> Exchange:
            return self.send(operation, purpose="goes on")

        return patiently(again, within, over=lambda found: found.status not in AGAIN)


def patiently(look: Callable[[], Found], within: float, *, over: Callable[[Found], bool]) -> Found:
    """What ``look`` finds when it is ``over``, or the last it found in so many seconds."""
    end, pause, looks = monotonic() + within, FIRST, 1
    found = look()
    while not over(found) and (monotonic() < end or looks < FEWEST):
        sleep(pause)
        pause = min(MOST, 2 * pause)
        found = look()
        looks += 1
    return found


def clock() -> float:
    """Seconds from some moment on, for what took how long."""
    return monotonic()


def begun(world: "World", running: Running) -> Run:
    """A run of a fresh thing, which has come to its end by itself; what follows it goes on."""
    accepted = world.reach(running.begin, fresh=True)
    run = Run(world, running, accepted)
    run.id = identified(running, accepted.exchange)
    run.seen.append(accepted.exchange)
    return run


def identified(running: Running, exchange: Exchange) -> str:
    """The id that an answer says; empty where none is told of."""
    if exchange.response is None:
        return ""
    if running.mark is not None:
        return marked(running, exchange.response.body)
    if running.id is not None:
        with suppress(ExpressionError):
            return str(evaluate(running.id, exchange))
    return ""


def marked(running: Running, body: bytes) -> str:
    """The id that the events so far say; empty when none of them does."""
    mark = running.mark
    for event in decoded(body):
        if mark is not None and event.type == mark.event:
            with suppress(ValueError, LookupError):
                return str(at(json.loads(event.data), mark.pointer))
    return ""


def _values(world: "World", operation: Operation) -> Values:
    """What goes beside the path, whose values are known: they may stand in a stream alone, where
    nothing else that looks for them finds them.
    """
    target, told = world.target, world.target.told(operation)
    required = any(each.required and each.location != "path" for each in operation.parameters)
    bodiless = operation.body is None or not operation.body.required
    if bodiless and not required and not told.query and not told.headers and told.body is None:
        return Values()
    with suppress(Inconclusive):
        return world.accepted(operation).values
    first = target.boundary(operation, valid=True, most=1)
    values = minimal(operation, first[0].values if first else Values())
    content = operation.body.content if operation.body is not None else {}
    shown = ((name, each.examples[0]) for name, each in content.items() if each.examples)
    media_type, body = next(shown, (values.media_type, values.body))
    return replace(values, media_type=media_type, body=body)


def _media(operation: Operation, values: Values) -> str | None:
    content: Mapping[str, Any] = operation.body.content if operation.body is not None else {}
    return values.media_type or next(iter(content), None)
