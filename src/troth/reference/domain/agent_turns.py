"""What an agent does in one turn, behind one seam; the stub is a function of what it is given."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends
from starlette.requests import HTTPConnection

from troth.reference.platform import Platform

ROOM = 64 * 1024
"""Characters that all files of a session may hold together, with their paths."""
_PIECE = 48
_QUOTED = 200


@dataclass(frozen=True)
class Turn:
    """What the agent is given. `files` are those of before."""

    number: int
    prompt: str
    model: str
    permission_mode: str
    skill: str
    ask: bool
    edits: tuple[tuple[str, str], ...]
    files: Mapping[str, str]
    history: tuple[tuple[str, str], ...]
    """Role and content of the last messages, oldest first."""


@dataclass(frozen=True)
class Wrote:
    """A file is as `content` says from now on; `said` is what the transcript says of it."""

    path: str
    content: str
    said: str


@dataclass(frozen=True)
class Said:
    """Something that the transcript gets, without a change to any file."""

    text: str


@dataclass(frozen=True)
class Piece:
    """A piece of the answer."""

    text: str


@dataclass(frozen=True)
class Question:
    """The agent cannot go on without an answer; the last step."""

    text: str


Step = Wrote | Said | Piece | Question


class TurnFault(Exception):
    """The turn cannot be finished; its changes are dropped."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class Turns(Protocol):
    """Takes turns. It may be cancelled at any step."""

    def take(self, turn: Turn) -> AsyncIterator[Step]:
        """The steps of `turn`; TurnFault where it fails."""


@dataclass(frozen=True)
class Scripted:
    """The stub: the same turn is always the same steps; each file takes `pace` seconds."""

    pace: float = 0

    async def take(self, turn: Turn) -> AsyncIterator[Step]:
        """All steps."""
        for step in steps(turn):
            if self.pace and isinstance(step, Wrote):
                await asyncio.sleep(self.pace)
            yield step


def steps(turn: Turn) -> Iterator[Step]:
    """Files first, as they are asked for; then a question, or the answer in pieces."""
    files = dict(turn.files)
    for path, content in turn.edits:
        if turn.permission_mode == "plan":
            yield Said(f"planned {path} ({len(content)} characters)")
            continue
        files[path] = content
        if sum(len(name) + len(text) for name, text in files.items()) > ROOM:
            raise TurnFault("out_of_room", "The files of this session would be too large.")
        yield Wrote(path, content, f"wrote {path} ({len(content)} characters)")
    if turn.ask:
        yield Question(f"What exactly is meant by: {turn.prompt[:_QUOTED]}")
        return
    text = _answer(turn)
    for start in range(0, len(text), _PIECE):
        yield Piece(text[start : start + _PIECE])


def _answer(turn: Turn) -> str:
    words = turn.prompt.split()
    heard = sum(1 for role, _ in turn.history if role == "user")
    if turn.skill == "count":
        said = f"{len(words)} words, {len(turn.prompt)} characters."
    elif turn.skill == "outline":
        said = "; ".join(f"{n}. {word}" for n, word in enumerate(words[:8], 1))[:_QUOTED]
    else:
        said = turn.prompt[:_QUOTED]
    return f"{turn.model}, turn {turn.number}, having heard {heard} before: {said}"


SKILLS: Mapping[str, str] = {
    "count": "Says how many words and characters the prompt has.",
    "echo": "Says the prompt again.",
    "outline": "Numbers the first words of the prompt.",
}


async def _turns(connection: HTTPConnection) -> Turns:
    state = connection.app.state
    # Whoever embeds the service may put another agent here.
    other = getattr(state, "agent_turns", None)
    stub = Scripted(cast("Platform", state.platform).settings.agent_pace)
    return cast("Turns", other or stub)


TurnsHere = Annotated[Turns, Depends(_turns)]
