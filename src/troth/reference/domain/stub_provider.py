"""Providers that need no model: one whose answer is a function of the question, one that fails."""

import asyncio
import re
from collections.abc import AsyncGenerator
from dataclasses import dataclass
from hashlib import sha256

from troth.reference.domain.providers import Delta, Piece, ProviderError, Question, Spent

_WORD = re.compile(r"\w+")
_OPENINGS = ("Let us see", "In short", "As far as I can tell", "To begin with")
_CLAIMS = (
    "the numbers agree with what was planned",
    "there is more to it than it seems",
    "nothing stands against it",
    "the next step is to ask whoever knows best",
)
_WORDS_A_DELTA = 6
_QUOTED = 5
_LONGEST = 40


def words(text: str) -> list[str]:
    """The words of a text, the longest of them cut."""
    return [word[:_LONGEST] for word in _WORD.findall(text)]


def composed(question: Question) -> str:
    """The whole answer: the same for the same question, whenever it is asked."""
    told = [question.agent_key, question.prompt, *(each.content for each in question.history)]
    digest = sha256("\0".join(told).encode()).digest()
    about = " ".join(words(question.prompt)[:_QUOTED]) or "what was asked"
    return (
        f"{_OPENINGS[digest[0] % 4]}: about {about}, {_CLAIMS[digest[1] % 4]}. "
        f"I am the {question.agent_key}, and I remember {len(question.history)} earlier messages. "
        f"My reference is {digest.hex()[:12]}."
    )


def _pieces(text: str) -> list[str]:
    split = text.split(" ")
    starts = range(0, len(split), _WORDS_A_DELTA)
    cut = [" ".join(split[at : at + _WORDS_A_DELTA]) for at in starts]
    return [cut[0], *(f" {each}" for each in cut[1:])]


@dataclass(frozen=True)
class Stub:
    """Answers deterministically, with `pace` seconds between deltas."""

    pace: float = 0
    name: str = "stub"

    def available(self) -> bool:
        """Always."""
        return True

    async def answer(self, question: Question) -> AsyncGenerator[Piece]:
        """The composed answer, a few words at a time."""
        text = composed(question)
        for number, piece in enumerate(_pieces(text)):
            if number:
                await asyncio.sleep(self.pace)
            yield Delta(piece)
        asked = sum(len(words(each.content)) for each in question.history)
        yield Spent(asked + len(words(question.prompt)), len(words(text)))


@dataclass(frozen=True)
class Outage:
    """Breaks off after the first delta: for rehearsing what clients do then."""

    name: str = "outage"

    def available(self) -> bool:
        """Never."""
        return False

    async def answer(self, question: Question) -> AsyncGenerator[Piece]:
        """The beginning of an answer."""
        yield Delta(_pieces(composed(question))[0])
        raise ProviderError
