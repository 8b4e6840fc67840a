"""Time that a run may take, and each test's share of it."""

import re
from time import monotonic

from troth.errors import UsageError

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600}


def duration(text: str) -> float:
    """Seconds of ``90``, ``90s``, ``45m`` or ``2h``. Raises UsageError for anything else."""
    match = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)([smh]?)", text.strip())
    if match is None or float(match[1]) <= 0:
        raise UsageError(f"--budget {text!r} is not a time; write 90, 90s, 45m or 2h")
    return float(match[1]) * _UNITS[match[2]]


def share(deadline: float | None, left: int) -> float | None:
    """When the next test must end, if ``left`` tests share the time until ``deadline``.

    What a test leaves over is shared by those after it.
    """
    if deadline is None:
        return None
    now = monotonic()
    return now + max(0.0, deadline - now) / max(1, left) * 2
