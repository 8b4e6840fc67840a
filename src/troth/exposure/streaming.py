"""Which operations answer with a stream of events, and who of other pages is served them."""

from contextlib import suppress
from dataclasses import replace

from troth.exchange import Exchange
from troth.prop import Inconclusive
from troth.spec.harmless import streams
from troth.spec.operation import Operation
from troth.strategies.origins import FOREIGN, Offered
from troth.target import Target
from troth.world import World


def served_at_all(world: World, operation: Operation) -> None:
    """That it is not to everybody that it is refused. Raises Inconclusive."""
    case = world.target.generator.build(operation, world.accepted(operation).values)
    answer = world.send(case, purpose="from nowhere")
    if not answer.ok:
        raise Inconclusive(f"it is refused without an Origin, too: {answer.status}")


_REFUSED = frozenset({401, 403})


def no_stream(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    """Why a property of streams is not asked of ``operation``."""
    return "" if streams(operation) else "it answers no event stream"


def guarded(world: World) -> bool:
    """Whether a stream of the service refuses a foreign page; all are asked, once a session."""
    target = world.target
    seen = target.observer.leaks.origins
    if not seen.guarding:
        seen.guarding = True
        for operation in filter(streams, target.spec.operations):
            if seen.guards or target.closed(operation) or not target.asked(operation):
                continue
            with suppress(Inconclusive):
                answer = asked_from(world, operation, Offered(FOREIGN, "foreign"))
                seen.guards |= answer.status in _REFUSED
    return seen.guards


def asked_from(world: World, operation: Operation, each: Offered) -> Exchange:
    """The answer to a request that is served otherwise. Raises Inconclusive."""
    case = world.target.generator.build(operation, world.accepted(operation).values)
    case = replace(case, headers=(*case.headers, ("Origin", each.origin)))
    answer = world.send(case, purpose=f"from {each.kind}")
    if answer.response is None or answer.status >= 500:
        raise Inconclusive("no answer to judge")
    return answer
