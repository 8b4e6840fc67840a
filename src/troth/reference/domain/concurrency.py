"""So many answers at once: a lease for each, or 429."""

from collections.abc import Iterator
from contextlib import contextmanager

from troth.reference.platform import Platform
from troth.reference.problems import ProblemError


@contextmanager
def leased(platform: Platform, key: str, most: int) -> Iterator[str]:
    """A lease of `key`, kept when the block succeeds; ProblemError 429 if all are out."""
    lease = platform.leases.take(key, most, platform.settings.ai_lease)
    if lease is None:
        raise ProblemError(429, "Too many are running at once.", headers={"Retry-After": "1"})
    try:
        yield lease
    except BaseException:
        platform.leases.release(key, lease)
        raise
