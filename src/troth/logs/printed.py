"""What the service prints that troth started, also after it was started once more."""

from collections.abc import Callable

from troth.launch import Launched

_RESTART = 1 << 32  # lines of one start, at most


class Printed:
    """The output of whatever ``launched`` gives; a mark knows which start it belongs to."""

    name = "what the service prints"

    def __init__(self, launched: Callable[[], Launched | None]) -> None:
        self._launched = launched
        self._starts: list[Launched] = []

    def mark(self) -> int:
        """The number of the start, and that of the line."""
        running = self._now()
        return (len(self._starts) - 1) * _RESTART + (running.mark() if running else 0)

    def since(self, mark: int) -> list[str]:
        """The lines after ``mark``, of all starts since."""
        self._now()
        start, line = divmod(max(mark, 0), _RESTART)
        found: list[str] = []
        for number, each in enumerate(self._starts[start:], start=start):
            found += each.since(line if number == start else 0)
        return found

    def close(self) -> None:
        """Nothing is held."""

    def _now(self) -> Launched | None:
        running = self._launched()
        if running is not None and running not in self._starts:
            self._starts.append(running)
        return running
