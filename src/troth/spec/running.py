"""What runs behind a stream or a request: `[streams.*]` and `[background.*]` with operations."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from troth.config.background import BackgroundSection
from troth.config.streams import MarkSection, StateSection, StreamSection
from troth.expression import parse
from troth.spec.configured import operation_of
from troth.spec.operation import Operation, Spec


@dataclass(frozen=True, slots=True)
class Running:
    """``begin`` starts it and ``read`` shows its state; ``stop`` ends it, ``resume`` goes on.

    ``mark`` is where a stream, and ``id`` where another answer, says the id of what runs.
    ``state`` is how its state is read; ``within`` is in how many seconds it ends by itself, None
    where it need not, and ``stops`` in how many a stop takes effect.
    """

    name: str
    begin: Operation
    read: Operation | None
    state: StateSection | None
    stop: Operation | None
    resume: Operation | None = None
    mark: MarkSection | None = None
    id: str | None = None
    body: Mapping[str, object] | None = None
    terminal: tuple[str, ...] = ()
    within: float | None = 5.0
    stops: float = 5.0

    @property
    def label(self) -> str:
        """Its name."""
        return self.name

    @property
    def operations(self) -> tuple[Operation, ...]:
        """What it is made of, the one that begins it first."""
        others = (self.read, self.stop, self.resume)
        return (self.begin, *(each for each in others if each is not None))

    def running(self, value: object) -> bool:
        """Whether that state says that it runs."""
        return self.state is not None and value in self.state.running


def streams(spec: Spec, sections: Mapping[str, StreamSection]) -> tuple[Running, ...]:
    """Those of a target file. Raises UsageError for an operation that there is not."""
    return tuple(_streams(spec, sections))


def _streams(spec: Spec, sections: Mapping[str, StreamSection]) -> Iterator[Running]:
    for name, each in sections.items():
        here = f"[streams.{name}]"
        begin = operation_of(spec, each.operation, f"{here} operation")
        assert begin is not None
        yield Running(
            name,
            begin,
            _read(spec, each.state, here),
            each.state,
            operation_of(spec, each.interrupt, f"{here} interrupt"),
            operation_of(spec, each.resume, f"{here} resume"),
            mark=each.id,
            body=each.body,
            terminal=each.terminal,
            within=each.within,
            stops=each.within,
        )


def works(spec: Spec, sections: Mapping[str, BackgroundSection]) -> tuple[Running, ...]:
    """Those of a target file. Raises UsageError for an operation that there is not, and for an
    ``id`` that is no expression.
    """
    return tuple(_works(spec, sections))


def _works(spec: Spec, sections: Mapping[str, BackgroundSection]) -> Iterator[Running]:
    for name, each in sections.items():
        here = f"[background.{name}]"
        begin = operation_of(spec, each.start, f"{here} start")
        assert begin is not None
        parse(each.id, f"{here} id")
        yield Running(
            name,
            begin,
            _read(spec, each.state, here),
            each.state,
            operation_of(spec, each.cancel, f"{here} cancel"),
            id=each.id,
            body=each.body,
            within=each.within,
            stops=each.stops_within,
        )


def _read(spec: Spec, state: StateSection | None, here: str) -> Operation | None:
    return operation_of(spec, state.operation, f"{here} state") if state is not None else None
