"""Event streams and WebSockets, and what a target file may say of them."""

from collections.abc import Iterator

from troth.proposal.names import name_of
from troth.proposal.passage import Entry, Passage
from troth.spec.harmless import streams
from troth.spec.naming import words
from troth.spec.operation import Operation, Spec
from troth.spec.wording import all_words

MOST = 3
"""Streams of which each has a table."""
_TALK = frozenset({"ws", "wss", "websocket", "websockets", "socket"})
_STOP = frozenset({"stop", "cancel", "interrupt", "abort"})
_ENDS = frozenset({"done", "end", "complete", "completed", "finish", "finished"})


def passages(spec: Spec) -> Iterator[Passage]:
    """A table, as a comment, for each stream; comments for WebSockets."""
    every = list(filter(streams, spec.operations))
    if len(every) > MOST:
        names = ", ".join(each.label for each in every[MOST:])
        yield Passage(above=(f"Event streams beside those below: {names}.",))
    taken: set[str] = set()
    for each in every[:MOST]:
        name = _name(each) if _name(each) not in taken else f"{_name(each)}-{each.method.lower()}"
        taken.add(name)
        known = next((one for one in spec.operations if _stops(each, one)), None)
        entries = [Entry("operation", name_of(each), proposed=True)]
        terminal = sorted(set(words(_order(each))) & _ENDS) or ["done"]
        entries.append(
            Entry("terminal", terminal, "types of events that end it: correct them", proposed=True)
        )
        if known is not None:
            entries.append(Entry("interrupt", name_of(known), proposed=True))
        yield Passage(
            ("streams", name),
            (f"{each.label} is an event stream: what runs behind it is asked where that is said.",),
            tuple(entries),
        )
    if spec.sockets:
        names = ", ".join(each.label for each in spec.sockets)
        yield Passage(above=(f"WebSockets that the document describes: {names}.",))
        return
    talking = [each.label for each in spec.operations if all_words(each) & _TALK]
    if talking:
        yield Passage(
            above=(
                f"{', '.join(talking[:3])}: perhaps a WebSocket. It is asked where the document",
                "describes it as `x-websocket`; OpenAPI itself has no words for one.",
            )
        )


def _order(operation: Operation) -> str:
    orders = (
        media.event_order
        for response in operation.responses.values()
        for media in response.content.values()
    )
    return next((each for each in orders if each), "")


def _stops(stream: Operation, other: Operation) -> bool:
    place, _, last = other.place.rpartition("/")
    beside = place in {stream.place, stream.place.rpartition("/")[0]}
    return other.method in {"POST", "DELETE"} and beside and last.lower() in _STOP


def _name(operation: Operation) -> str:
    literal = [each for each in operation.path.split("/") if each and "{" not in each]
    return "-".join("".join(words(each)) for each in literal[-2:]) or "stream"
