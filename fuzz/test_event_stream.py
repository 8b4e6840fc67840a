"""FUZ112: an event stream is framed as clients read it, comes in its order, and ends with its end.

Where `x-event-order` describes the order of the events, as a regular expression over their types,
no event comes where it may not, and a stream that ends has come to an end of the expression: its
terminal event, once, and nothing after it. After an event of `x-event-break` nothing comes either.
`[streams.NAME] terminal` says the same of streams that the document leaves open. Lines that belong
to no field, a last event without its blank line, and what is no UTF-8 are lost to every client
(HTML Living Standard, section 9.2.6), and so refute it anywhere. Where a parameter
`Last-Event-ID` is documented, a stream that is asked for again with the id of an event goes on
after that one.

The control is a stream that was served. All of every property are judged, those that were cut too,
as far as they came; whether the data of an event fits its schema is FUZ102's. That nothing comes
for a time is no finding; whether what runs behind a stream ends when its client goes is PRO209's.
"""

from dataclasses import replace

from troth import control, expect, prop
from troth.exchange import Exchange
from troth.spec.operation import Operation
from troth.spec.stream import EVENTS, Event, decoded
from troth.target import Target
from troth.world import World

REFS = ("HTML-9.2", "OWASP-API9:2023", "CWE-1059")
RESUME = "last-event-id"


def _none(target: Target, operation: Operation) -> str:  # noqa: ARG001 - as `unless` wants it
    streams = any(each.media(EVENTS) for each in operation.responses.values())
    return "" if streams else "the document describes no event stream here"


@prop("FUZ112", severity="medium", refs=REFS, last=True, unless=_none)
def test_event_stream(target: Target, operation: Operation) -> None:
    """Sums up what all the others have seen, and goes on from an event that has an id."""
    with target.world() as world:
        accepted = world.accepted(operation)
        world.judge(accepted.exchange)
        if any(each.name.lower() == RESUME for each in operation.parameters):
            _resumed(world, operation)


def _resumed(world: World, operation: Operation) -> None:
    accepted = world.accepted(operation)
    values = accepted.values
    fresh = {name: each for name, each in values.headers.items() if name.lower() != RESUME}
    values = replace(values, headers=fresh)
    first = world.send(
        world.target.generator.build(operation, values, purpose="from the beginning")
    )
    told = [each for each in _events(first) if each.id]
    if len(told) < 2:
        return  # There is nothing to go on from.
    headers = {**fresh, "Last-Event-ID": told[0].id}
    case = world.target.generator.build(operation, replace(values, headers=headers))
    again = world.send(case, purpose="from the first event on")
    control(again.ok, f"going on was answered {again.status}")
    ids = [each.id for each in _events(again) if each.id]
    what = f"{operation.label} begins anew although Last-Event-ID says where to go on"
    expect(told[0].id not in ids, what, first, again, root=what)
    if ids:
        what = f"{operation.label} leaves events out after Last-Event-ID"
        expect(ids[0] == told[1].id, what, first, again, root=what)


def _events(exchange: Exchange) -> tuple[Event, ...]:
    response = exchange.response
    streams = response is not None and response.media_type == EVENTS
    return decoded(response.body) if response is not None and streams else ()
