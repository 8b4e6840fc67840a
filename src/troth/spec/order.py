"""In which order types may come, as a regular expression over them: ``init (message)* done``.

What came so far is judged too: it must be the beginning of something that the expression allows.
An automaton answers that, and `re` does not; its states are the partial derivatives of Antimirov.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

_TOKEN = re.compile(r"\s*(?:(?P<name>\w[\w.:-]*)|(?P<mark>\(\?:|[()|*+?]))")

MOST: Final = 500


@dataclass(frozen=True, slots=True)
class _One:
    name: str


@dataclass(frozen=True, slots=True)
class _Then:
    first: "_Node | None"
    rest: "_Node | None"


@dataclass(frozen=True, slots=True)
class _Either:
    ways: tuple["_Node | None", ...]


@dataclass(frozen=True, slots=True)
class _Many:
    inner: "_Node | None"


_Node = _One | _Then | _Either | _Many
State = frozenset[_Node | None]
"""What may still come; None stands for nothing at all."""


@dataclass(frozen=True, slots=True)
class Order:
    """An expression that was read; ``anytime`` are types that come between any two as well."""

    expression: "_Node | None"
    anytime: frozenset[str] = frozenset()

    def types(self) -> frozenset[str]:
        """All types that it names."""
        return frozenset(_names(self.expression))

    def after(self, types: Iterable[str]) -> Iterator[State]:
        """The state after each of ``types``; empty where one of them may not come."""
        state: State = frozenset({self.expression})
        for each in types:
            kept = state if each in self.anytime else frozenset()
            state = kept.union(*(_derived(node, each) for node in state))
            yield state

    def wrong(self, types: Iterable[str]) -> int | None:
        """The index of the first type that may not come where it does, or None."""
        states = enumerate(self.after(types))
        return next((index for index, state in states if not state), None)

    def whole(self, types: Iterable[str]) -> bool:
        """Whether nothing more need come; of no types too."""
        *_, last = frozenset({self.expression}), *self.after(types)
        return any(_nullable(node) for node in last)

    def complete(self, types: Iterable[str]) -> bool:
        """Whether something has come, and nothing more need come."""
        *_, last = frozenset(), *self.after(types)
        return any(_nullable(node) for node in last)


def parse(text: str, anytime: Iterable[str] = ()) -> Order:
    """Names of types, groups, ``|``, ``*``, ``+`` and ``?``. Raises ValueError, for people."""
    tokens = []
    at = 0
    text = text.rstrip()
    while at < len(text):
        found = _TOKEN.match(text, at)
        if found is None:
            raise ValueError(f"`{text[at:].strip()[:20]}` is neither a type nor one of ( ) | * + ?")
        tokens.append(found["name"] or found["mark"])
        at = found.end()
        if len(tokens) > MOST:
            raise ValueError(f"it has more than {MOST} types and signs")
    rest = tokens[::-1]
    node = _alternatives(rest)
    if rest:
        raise ValueError("a `)` closes nothing")
    return Order(node, frozenset(anytime))


def _alternatives(tokens: list[str]) -> _Node | None:
    ways = [_sequence(tokens)]
    while tokens and tokens[-1] == "|":
        tokens.pop()
        ways.append(_sequence(tokens))
    return ways[0] if len(ways) == 1 else _Either(tuple(ways))


def _sequence(tokens: list[str]) -> _Node | None:
    found: list[_Node | None] = []
    while tokens and tokens[-1] not in {"|", ")"}:
        token = tokens.pop()
        if token in {"*", "+", "?"}:
            raise ValueError(f"a `{token}` repeats nothing")
        node: _Node | None = _One(token)
        if token in {"(", "(?:"}:
            node = _alternatives(tokens)
            if not tokens:
                raise ValueError("a `(` is not closed")
            tokens.pop()
        while tokens and tokens[-1] in {"*", "+", "?"}:
            node = _repeated(node, tokens.pop())
        found.append(node)
    whole: _Node | None = None
    for node in reversed(found):
        whole = _then(node, whole)
    return whole


def _repeated(node: _Node | None, mark: str) -> _Node | None:
    if mark == "?":
        return _Either((None, node))
    return _Many(node) if mark == "*" else _then(node, _Many(node))


def _then(first: _Node | None, rest: _Node | None) -> _Node | None:
    if first is None or rest is None:
        return rest if first is None else first
    return _Then(first, rest)


def _nullable(node: _Node | None) -> bool:
    match node:
        case _One():
            return False
        case _Then(first, rest):
            return _nullable(first) and _nullable(rest)
        case _Either(ways):
            return any(map(_nullable, ways))
    return True


def _derived(node: _Node | None, name: str) -> State:
    match node:
        case _One(own):
            return frozenset({None}) if own == name else frozenset()
        case _Then(first, rest):
            found = frozenset(_then(each, rest) for each in _derived(first, name))
            return found | _derived(rest, name) if _nullable(first) else found
        case _Either(ways):
            return frozenset().union(*(_derived(way, name) for way in ways))
        case _Many(inner):
            return frozenset(_then(each, node) for each in _derived(inner, name))
    return frozenset()


def _names(node: _Node | None) -> Iterator[str]:
    match node:
        case _One(name):
            yield name
        case _Then(first, rest):
            yield from (*_names(first), *_names(rest))
        case _Either(ways):
            for way in ways:
                yield from _names(way)
        case _Many(inner):
            yield from _names(inner)
