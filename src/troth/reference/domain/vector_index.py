"""Cuts a text into pieces, counts their terms, and ranks pieces by BM25: no model, no chance."""

import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

PIECE = 800
_TERM = re.compile(r"\w+")
_LONGEST_TERM = 64
# The usual constants: how soon repetition stops counting, and how much length is held against.
_K1, _B = 1.2, 0.75
_DIGITS = 6


def pieces(text: str) -> Iterator[str]:
    """`text` in pieces of at most `PIECE` characters, cut behind white space where there is any."""
    start = 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            blanks = (at for at in range(end, start, -1) if text[at - 1].isspace())
            end = next(blanks, end)
        yield text[start:end]
        start = end


def terms(text: str) -> Counter[str]:
    """The words of `text` in one way of writing them, and how often each is there."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return Counter(word[:_LONGEST_TERM] for word in _TERM.findall(plain))


@dataclass(frozen=True, slots=True)
class Hit:
    """A piece that has some of the terms, and how well it fits."""

    chunk_id: str
    score: float


def rank(rows: Iterable[Any], total: int, length: int, top: int) -> list[Hit]:
    """The best `top` of the occurrences, among `total` pieces with `length` terms in all.

    Equal scores keep the order in which files came and pieces stand in them.
    """
    found = list(rows)
    holding = Counter(row.term for row in found)
    average = max(length / total, 1.0) if total else 1.0
    scores: dict[str, float] = defaultdict(float)
    order: dict[str, tuple[Any, ...]] = {}
    # A sum of floats depends on its order, which must not be the database's.
    for row in sorted(found, key=lambda each: each.term):
        # Pieces may have come since they were counted: none holds more than there are.
        among = max(total, holding[row.term])
        rarity = math.log(1 + (among - holding[row.term] + 0.5) / (holding[row.term] + 0.5))
        weight = _K1 * (1 - _B + _B * row.length / average)
        scores[row.chunk_id] += rarity * row.times * (_K1 + 1) / (row.times + weight)
        order[row.chunk_id] = (row.created_at, row.file_id, row.position)
    hits = [Hit(chunk_id, round(score, _DIGITS)) for chunk_id, score in scores.items()]
    return sorted(hits, key=lambda hit: (-hit.score, order[hit.chunk_id]))[:top]
