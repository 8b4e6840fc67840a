"""The moment between a look and a leap: as long as it is on a service that has more to do."""

import threading
from typing import Final

LONGEST: Final = 0.15
"""Seconds that who comes alone waits."""


class Window:
    """Whoever waits in it goes on when somebody else has come too, or nobody did for a while.

    A race that needs two to stand in the same place at once is lost so whenever two come at once,
    and never by one alone.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._met: threading.Event | None = None

    def wait(self) -> bool:
        """Whether somebody was waiting already."""
        with self._lock:
            met, self._met = self._met, None
            if met is None:
                mine = self._met = threading.Event()
        if met is not None:
            met.set()
            return True
        mine.wait(LONGEST)
        with self._lock:
            if self._met is mine:
                self._met = None
        return False
