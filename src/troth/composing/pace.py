"""Slows a run down where the service says that it is asked too often (RFC 6585, section 4)."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

from troth.exchange import Exchange

LONGEST: Final = 10.0
"""Seconds that are waited for one answer at most; who says more is believed, and not waited for."""
BUDGET: Final = 60.0
"""Seconds that a session waits at most, all in all."""
STEP: Final = 0.05
SLOWEST: Final = 0.5
_SILENT: Final = 1.0  # seconds, where a 429 says nothing of when to come again
ABOUT_LIMITS: Final = frozenset({"SEC361", "SEC362", "SEC363", "SEC364", "FUZ115"})
"""Properties that ask often on purpose, or measure time."""


@dataclass
class Pace:
    """How fast a session asks: at most once in ``every`` seconds. ``waited`` is what it cost."""

    every: float = 0.0
    waited: float = 0.0
    refused: int = 0
    last: float = 0.0

    def __str__(self) -> str:
        said = f"the service answered 429 to {self.refused} requests"
        if not self.every:
            return f"{said}, and wanted longer pauses than a run makes"
        return (
            f"{said}: {self.waited:.1f} s were waited, and from then on it was asked at most "
            f"once in {self.every:g} s"
        )

    def after(self, exchange: Exchange) -> bool:
        """Wait as long as a 429 asks for; False where that is too long."""
        self.refused += 1
        seconds = pause(exchange)
        if seconds > LONGEST or self.waited + seconds > BUDGET:
            return False
        self.every = min(SLOWEST, max(STEP, 2 * self.every))
        self.waited += seconds
        time.sleep(seconds)
        return True

    def keep(self, property: str) -> None:
        """Wait until the next request may go."""
        if not self.every or property in ABOUT_LIMITS:
            return
        left = self.last + self.every - time.monotonic()
        if left > 0:
            self.waited += left
            time.sleep(left)
        self.last = time.monotonic()


def pause(exchange: Exchange) -> float:
    """Seconds after which a refused client may come again, as the answer has it."""
    response = exchange.response
    for name in ("retry-after", "ratelimit-reset", "x-ratelimit-reset-after"):
        said = (response.header(name) or "").strip() if response is not None else ""
        if said.replace(".", "", 1).isdigit():
            return float(said)
        if said and name == "retry-after":
            try:
                until = parsedate_to_datetime(said)
            except ValueError:
                continue
            return max(0.0, (until - datetime.now(UTC)).total_seconds())
    return _SILENT
