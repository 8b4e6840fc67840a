"""Where log lines are read from: one of several sources, all of which say what came since when."""

from typing import Protocol


class Source(Protocol):
    """Something that log lines come from. ``name`` says what, for people."""

    @property
    def name(self) -> str:
        """What it is, for people."""

    def mark(self) -> int:
        """A place in it: what there is by now lies before."""

    def since(self, mark: int) -> list[str]:
        """The lines after ``mark``. Raises LookupError when some of them are gone."""

    def close(self) -> None:
        """Read no further."""
