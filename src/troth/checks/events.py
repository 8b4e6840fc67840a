"""Every event of a stream carries what the document says that its data holds."""

from collections.abc import Iterator

from troth.checks.envelope import documented
from troth.exchange import Exchange
from troth.finding import Complaint
from troth.spec.operation import Operation, Spec
from troth.spec.stream import EVENTS, decoded, item_schema, wrong_content
from troth.spec.validity import Validity


def event_content(
    exchange: Exchange, operation: Operation | None, spec: Spec, validity: Validity
) -> tuple[Complaint, ...]:
    """FUZ102: JSON in the data of an event is as its `contentSchema` says; each root once."""
    found = {each.root: each for each in _each(exchange, operation, spec, validity)}
    return tuple(found.values())


def _each(
    exchange: Exchange, operation: Operation | None, spec: Spec, validity: Validity
) -> Iterator[Complaint]:
    response = exchange.response
    if response is None or operation is None or response.media_type != EVENTS:
        return
    schema = item_schema(documented(operation, response.status))
    if schema is None:
        return
    for number, event in enumerate(decoded(response.body), start=1):
        wrong = wrong_content(spec, validity, schema, event)
        if wrong is not None:
            at = "".join(
                f"/{'*' if step.isdigit() else step}" for step in wrong.pointer.split("/")[1:]
            )
            yield Complaint(
                "FUZ102",
                f"data of `{event.type}` events of {operation.label}: {wrong.kind} at {at or '/'}",
                f"event {number} (`{event.type}`), its data at {wrong.pointer or '/'}: "
                f"{wrong.message}",
            )
