"""What a model knows of the things of one kind: the dictionary that a resource is held against."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final, TypeVar

from troth.models.resource import One
from troth.runs import patiently
from troth.spec.families import Family
from troth.world import World

Found = TypeVar("Found")
LATE: Final = 2.0
"""Seconds that an index may come after what it indexes."""


@dataclass
class Entry:
    """One thing as the model knows it.

    ``plain``: made of the usual values and not changed since. ``marked``: its deletion only
    marks it.
    """

    one: One
    known: dict[str, Any]
    plain: bool = True
    there: bool = True
    marked: bool = False


@dataclass
class Shelf:
    """The dictionary."""

    world: World
    family: Family
    entries: list[Entry] = field(default_factory=list)

    def patiently(self, look: Callable[[], Found], over: Callable[[Found], bool]) -> Found:
        """What ``look`` finds when it is ``over``: an index may come after what it indexes.

        Once something was found, it is taken at its first word.
        """
        if self.world.example.tally.findings:
            return look()
        return patiently(look, LATE, over=over)

    def live(self) -> list[Entry]:
        """What is there, the latest first."""
        return [each for each in reversed(self.entries) if each.there]

    def has_live(self) -> bool:
        """Whether anything is there."""
        return bool(self.live())

    def has_gone(self) -> bool:
        """Whether anything was there."""
        return bool(self.gone())

    def has_any(self) -> bool:
        """Whether anything was made."""
        return bool(self.entries)

    def gone(self) -> list[Entry]:
        """What is not there any more."""
        return [each for each in reversed(self.entries) if not each.there and not each.marked]
