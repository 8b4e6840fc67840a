"""What a session has learnt about its target: things that exist, cases that were accepted."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from troth.case import Values
from troth.exchange import Exchange, History


@dataclass(frozen=True, slots=True)
class Thing:
    """What a producer operation answered, and all that was needed to get there."""

    exchange: Exchange
    path: Mapping[str, Any]
    history: History


@dataclass(frozen=True, slots=True)
class Accepted:
    """A case that was served: its values, by whom it was sent, and what made its resources."""

    values: Values
    principal: str
    exchange: Exchange
    history: History


@dataclass
class Memory:
    """Grows during a session; nothing in it outlives the process."""

    things: dict[tuple[str, str, tuple[tuple[str, str], ...]], Thing] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)
    attempted: dict[str, str] = field(default_factory=dict)
    """Operations that were tried and never reached a 2xx, with the reason."""
    timeouts: dict[str, int] = field(default_factory=dict)
    second_opinions: set[tuple[str, int, str]] = field(default_factory=set)
    absent: dict[str, set[str]] = field(default_factory=dict)
    """Documented response properties, by operation, that no answer has had so far."""
    volatile: dict[str, frozenset[str]] = field(default_factory=dict)
    """What changes by itself in the answers of a reading operation."""
    fresh: int = 0

    def forget(self, identifier: str) -> None:
        """Drop what refers to the thing ``identifier``: it is gone."""
        whole = re.compile(rf"(?<![\w-]){re.escape(identifier)}(?![\w-])")

        def names(exchange: Exchange) -> bool:
            body = exchange.response.body if exchange.response else b""
            path = exchange.request.url.partition("://")[2].partition("/")[2]
            return bool(whole.search(path) or whole.search(body.decode("utf-8", "replace")))

        self.things = {key: each for key, each in self.things.items() if not names(each.exchange)}
        self.accepted = {
            label: each
            for label, each in self.accepted.items()
            if identifier not in map(str, each.values.path.values())
        }

    def drop(self, labels: Iterable[str]) -> None:
        """Drop the things that these operations made, and that they could not make any."""
        gone = set(labels)
        self.things = {key: each for key, each in self.things.items() if key[0] not in gone}
        self.attempted = {key: each for key, each in self.attempted.items() if key not in gone}

    def next_fresh(self) -> int:
        """A number not given out before in this session."""
        self.fresh += 1
        return self.fresh
