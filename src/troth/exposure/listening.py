"""Whether a log is read that the service writes: a request with a mark in it, which comes up there.

What was sent before it is in the log by then, as far as it will ever be.
"""

from dataclasses import dataclass, field
from time import monotonic, sleep

from troth.case import Case
from troth.exchange import Exchange
from troth.logs.search import canary
from troth.logs.source import Source
from troth.prop import Inapplicable, Inconclusive
from troth.world import World

PATIENCE = 3.0
"""Seconds in which a line is there."""
_POLL = 0.02
_IDS = ("X-Request-ID", "X-Correlation-ID")


@dataclass
class Listening:
    """Reads the lines since it was made."""

    world: World
    source: Source
    began: int = field(init=False)

    def __post_init__(self) -> None:
        self.began = self.source.mark()

    def lines(self) -> list[str]:
        """All that has come, once a sentinel has. Raises Inconclusive, Inapplicable."""
        marker = canary()
        sentinel = self._sentinel(marker)
        wanted = [marker, *_ids(sentinel, self.world.target.correlation)]
        end = monotonic() + PATIENCE
        while True:
            lines = self._read()
            text = "\n".join(lines)
            if any(each in text for each in wanted):
                return lines
            if monotonic() > end:
                break
            sleep(_POLL)
        why = f"nothing of a request came up in {self.source.name} within {PATIENCE:g} s"
        if self.world.target.file.target.logs is None:
            raise Inapplicable(f"{why}; name where it logs as `[target] logs`")
        raise Inconclusive(f"{why}; correct `[target] logs`")

    def _read(self) -> list[str]:
        try:
            return self.source.since(self.began)
        except LookupError as error:
            raise Inconclusive(f"{self.source.name}: {error}") from None

    def _sentinel(self, marker: str) -> Exchange:
        """Unsecret, wherever a service may note it: path, query, user agent, correlation id."""
        target = self.world.target
        names = {*_IDS, *([target.correlation.name] if target.correlation else [])}
        names = {each.lower(): each for each in names}.values()  # type: ignore[assignment]
        given = tuple((name, marker) for name in sorted(names))
        headers = (("User-Agent", f"troth/{marker}"), *given)
        path = f"/troth-{marker}?troth={marker}"
        case = Case(None, "GET", path, headers, purpose="is the log read?")
        return self.world.send(case, principal="anonymous")


def _ids(exchange: Exchange, correlation: object) -> list[str]:
    name = getattr(correlation, "name", "")
    value = exchange.response.header(name) if exchange.response is not None and name else None
    return [value] if value else []


def listening(world: World) -> Listening:
    """Begin to read. Raises Inapplicable where there is nothing to."""
    source = world.target.logs
    if source is None:
        raise Inapplicable("nothing says where it logs; name it as `[target] logs`")
    return Listening(world, source)
