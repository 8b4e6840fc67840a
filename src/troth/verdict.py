"""A verdict is one of four, ordered, and verdicts merge to the worst."""

from collections.abc import Iterable
from enum import IntEnum


class Verdict(IntEnum):
    """``pass < inconclusive < fail < error``.

    *inconclusive* says that nothing was refuted and nothing was shown: the control never
    succeeded, or two judges disagreed. *error* says that the question could not be asked.
    """

    PASS = 0
    INCONCLUSIVE = 1
    FAIL = 2
    ERROR = 3

    def __str__(self) -> str:
        return self.name.lower()


def merge(verdicts: Iterable[Verdict]) -> Verdict:
    """The worst of ``verdicts``; of none at all, *inconclusive*: nothing was shown."""
    return max(verdicts, default=Verdict.INCONCLUSIVE)
