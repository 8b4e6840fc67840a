"""What a session has learnt about its target: things that exist, cases that were accepted."""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from time import monotonic
from typing import Any

from troth.case import Fault, Values
from troth.composing.pace import Pace
from troth.exchange import Exchange, History

LASTING = 240.0
"""Seconds after which what was made for others to use is made anew: signed addresses, codes and
tokens lapse, and a run that goes on for hours would take their end for a refusal."""

BARE = frozenset(
    {"id", "uuid", "guid", "key", "name", "type", "code", "status", "version", "value"}
)
NESTED = 3
"""How deep in an answer its members are noticed."""


def plain(name: str) -> str:
    """A name without case and marks: `bookTitle` and `book_title` are one."""
    return "".join(each for each in name.lower() if each.isalnum())


def telling(names: Iterable[str]) -> frozenset[str]:
    """The plain names among ``names`` by which a value is known; `id` and the like are of all."""
    return frozenset(map(plain, names)) - BARE


@dataclass(frozen=True, slots=True)
class Thing:
    """What a producer operation answered, and all that was needed to get there."""

    exchange: Exchange
    path: Mapping[str, Any]
    history: History
    made: float = field(default_factory=monotonic, compare=False)

    @property
    def lasts(self) -> bool:
        """Whether it is new enough to be used once more."""
        return monotonic() - self.made < LASTING


@dataclass(frozen=True, slots=True)
class Accepted:
    """A case that was served: its values, by whom it was sent, and what made its resources.

    ``credential`` says on the strength of what: ``principal``, ``token`` (the operation's own,
    in ``values``), ``signature``, or nothing.
    """

    values: Values
    principal: str
    exchange: Exchange
    history: History
    credential: str = ""
    made: float = field(default_factory=monotonic, compare=False)

    @property
    def lasts(self) -> bool:
        """Whether what it was made with is new enough to be used once more."""
        return monotonic() - self.made < LASTING


@dataclass
class Pass:
    """A token that an operation is sent with, and the answers that it came from.

    ``drawn`` has what else was taken from them, by expression. It is ``good`` when it was not
    refused, and ``refused`` for ever when it was. ``spent`` is one that a request was served with;
    where its values are good for once it does no more. The token may be empty: then the answers
    gave values only.
    """

    token: str
    who: str
    answers: dict[str, Thing]
    drawn: dict[str, Any]
    good: bool = False
    refused: bool = False
    spent: bool = False


@dataclass
class Memory:
    """Grows during a session; nothing in it outlives the process."""

    things: dict[tuple[str, str, tuple[tuple[str, str], ...]], Thing] = field(default_factory=dict)
    accepted: dict[str, Accepted] = field(default_factory=dict)
    attempted: dict[tuple[str, str], str] = field(default_factory=dict)
    """Operation and principal that came to no 2xx together, with the reason. Under the empty name
    stands what came to none for its own sake, whoever sent it."""
    served: Counter[str] = field(default_factory=Counter)
    """How often each operation answered a 2xx."""
    once: set[str] = field(default_factory=set)
    """Operations that take values from answers, and are served only once with the same ones."""
    repeated: set[str] = field(default_factory=set)
    """Operations of which it is known whether they belong to ``once``."""
    timeouts: dict[str, int] = field(default_factory=dict)
    second_opinions: set[tuple[str, str]] = field(default_factory=set)
    absent: dict[str, set[str]] = field(default_factory=dict)
    """Documented response properties, by operation, that no answer has had so far."""
    volatile: dict[str, frozenset[str]] = field(default_factory=dict)
    """What changes by itself in the answers of a reading operation."""
    reading: tuple[int, tuple[str, Values], Any] | None = None
    """What was read back last: the number of exchanges by then, what was asked and shown."""
    isolated: dict[str, tuple[Values, tuple[tuple[Values, Fault], ...]]] = field(
        default_factory=dict
    )
    """Values with one fault by operation, after those they were made from: two properties ask."""
    passes: dict[str, list[Pass]] = field(default_factory=dict)
    """By operation, the latest last."""
    drawn: dict[str, set[str]] = field(default_factory=dict)
    """All that the target file's expressions came to, so that it is known again in a request."""
    survivors: dict[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    """By writing operation and member of its body: plain values that were read back as sent."""
    listing: set[tuple[str, str]] = field(default_factory=set)
    """Lists, and who has seen in them what he had just made."""
    owned: dict[tuple[str, str], Accepted] = field(default_factory=dict)
    """By operation and principal: what he was served with, on things that are his."""
    listed: dict[tuple[str, str, str], bool] = field(default_factory=dict)
    """By list, principal and id: whether it shows it to him."""
    restless: dict[str, frozenset[str]] = field(default_factory=dict)
    """By reading operation: the places that change by themselves, without indexes."""
    enrolled: dict[str, dict[str, Exchange]] = field(default_factory=dict)
    """By newcomer, and by operation: what was answered to him when he signed up."""
    pace: Pace = field(default_factory=Pace)
    fresh: int = 0
    guarded: dict[str, bool] = field(default_factory=dict)
    """Whether an operation refuses whoever shows no credential, by label."""
    prober: str = ""
    """The operation that shows whether an access token is good."""

    seen: dict[tuple[str, str], tuple[str, bool]] = field(default_factory=dict)
    """By principal and plain name: the latest value of such a member in an answer to him, and
    whether it is of something that was made then."""

    def notice(self, who: str, answer: Any, names: frozenset[str], *, made: bool) -> None:
        """Keep what ``answer`` has under one of ``names``; what was made is not lost to what was
        only shown.
        """
        pending: list[tuple[Any, int]] = [(answer, 0)]
        while pending:
            value, depth = pending.pop()
            if isinstance(value, list):
                pending += [(each, depth + 1) for each in value[:3] if depth < NESTED]
            for name, each in value.items() if isinstance(value, Mapping) else ():
                if isinstance(each, Mapping | list):
                    pending += [(each, depth + 1)] if depth < NESTED else []
                    continue
                key = (who, plain(str(name)))
                told = isinstance(each, str | int) and not isinstance(each, bool) and each != ""
                if key[1] in names and told and (made or not self.seen.get(key, ("", False))[1]):
                    self.seen[key] = (str(each), made)

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
        self.owned = {
            key: each
            for key, each in self.owned.items()
            if identifier not in map(str, each.values.path.values())
        }
        for label, held in self.passes.items():
            self.passes[label] = [
                each
                for each in held
                if each.token or identifier not in map(str, each.drawn.values())
            ]

    def part(self, name: str) -> None:
        """Drop what was whoever's was called ``name``: somebody else is called so now."""
        self.enrolled.pop(name, None)
        self.things = {key: each for key, each in self.things.items() if key[1] != name}
        self.owned = {key: each for key, each in self.owned.items() if key[1] != name}
        self.listed = {key: each for key, each in self.listed.items() if key[1] != name}
        self.attempted = {key: each for key, each in self.attempted.items() if key[1] != name}
        self.accepted = {key: each for key, each in self.accepted.items() if each.principal != name}
        for label, held in self.passes.items():
            self.passes[label] = [each for each in held if each.who != name]

    def drop(self, labels: Iterable[str]) -> None:
        """Drop the things that these operations made, and that they could not make any."""
        gone = set(labels)
        self.things = {key: each for key, each in self.things.items() if key[0] not in gone}
        self.attempted = {key: each for key, each in self.attempted.items() if key[0] not in gone}

    def give_up(self, label: str, senders: Iterable[str], reason: str) -> None:
        """Note that none of ``senders`` was served; an empty name stands for anybody."""
        self.attempted.update({(label, who): reason for who in senders})

    def hopeless(self, label: str, senders: Iterable[str]) -> str:
        """Why there is no use in trying ``senders``; empty while one of them was not tried."""
        reasons = [self.attempted.get((label, who), "") for who in senders]
        return reasons[-1] if reasons and all(reasons) else ""

    def accept(self, label: str, accepted: Accepted) -> None:
        """Note a case that was served."""
        self.accepted[label] = accepted
        for who in (accepted.principal, ""):
            self.attempted.pop((label, who), None)

    def spend(self, label: str) -> None:
        """Note that ``label`` is served only once with the same values, and was with its last."""
        self.once.add(label)
        for each in self.passes.get(label, [])[-1:]:
            each.spent = True

    def next_fresh(self) -> int:
        """A number not given out before in this session."""
        self.fresh += 1
        return self.fresh
