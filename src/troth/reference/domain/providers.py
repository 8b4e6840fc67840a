"""The one seam to whatever makes answers: a question goes in, pieces of an answer come out."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from troth.reference.schemas.agents import AgentKey
from troth.reference.schemas.public_events import Usage


class ProviderError(Exception):
    """The provider could not answer, or not to the end."""


@dataclass(frozen=True, slots=True)
class Said:
    """One earlier message of the conversation."""

    role: Literal["user", "assistant"]
    content: str


@dataclass(frozen=True, slots=True)
class Question:
    """What an agent is asked."""

    agent_key: AgentKey
    prompt: str
    history: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Delta:
    """A piece of the answer; the answer is all of them, joined."""

    text: str


@dataclass(frozen=True, slots=True)
class Spent:
    """What the answer cost, in tokens; the last thing that a provider says."""

    prompt: int
    completion: int


Piece = Delta | Spent


def counted(spent: Sequence[Spent]) -> Usage:
    """What several answers cost together."""
    prompt, completion = sum(each.prompt for each in spent), sum(each.completion for each in spent)
    return Usage(
        prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
    )


class AgentProvider(Protocol):
    """Answers questions."""

    @property
    def name(self) -> str:
        """What it is called."""

    def available(self) -> bool:
        """Whether a question would be answered now."""

    def answer(self, question: Question) -> AsyncGenerator[Piece]:
        """Deltas, then what they cost; ProviderError when there is no (further) answer."""
