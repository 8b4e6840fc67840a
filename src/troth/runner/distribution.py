"""Which test goes to which worker of pytest-xdist: what belongs to the same things stays together.

Each worker starts a service of its own, or logs in for itself, and has to make what an operation
is asked about. Were the properties of one operation dealt out singly, as xdist does by itself,
every worker would make everything.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling  # type: ignore[import-untyped]


class ByThing(LoadScopeScheduling):  # type: ignore[misc]
    """Deals out all tests of the operations on one collection together, the largest first."""

    def _split_scope(self, nodeid: str) -> str:
        return thing(nodeid)


def thing(nodeid: str) -> str:
    """What a test is about: the path before its first parameter, or else its own id.

    ``fuzz/test_x.py::test_x[GET /things/{id}/parts]`` is about ``/things``.
    """
    _, bracket, asked = nodeid.removesuffix("]").partition("[")
    method, space, path = asked.partition(" ")
    if not bracket:
        return nodeid
    if not space or not method.isupper():
        return asked
    return path.partition("{")[0].rstrip("/") or "/"


@pytest.hookimpl(tryfirst=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByThing | None:
    """Ours for `-n`, which means `--dist load`; who names another gets that."""
    return ByThing(config, log) if config.getvalue("dist") == "load" else None
