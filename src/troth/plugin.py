"""What pytest loads of troth in every session: options, and the rest only where suites are run.

Whoever has troth installed has this in all his test runs, so it imports next to nothing.
"""

import gc
from importlib import import_module
from typing import Any

import pytest

from troth.errors import UsageError
from troth.suites import named

RUN = pytest.StashKey[Any]()
"""The run of this session, a `troth.runner.hooks.Run`; absent where no suite was named."""

HOOKS = "troth.runner.hooks"


def pytest_addoption(parser: pytest.Parser) -> None:
    """The options of troth."""
    group = parser.getgroup("troth", "troth: does a service keep its word?")
    group.addoption("--target", metavar="FILE", help="TOML file that describes the service")
    group.addoption("--target-url", metavar="URL", help="address of a service, or of its document")
    group.addoption(
        "--operation",
        action="append",
        default=[],
        metavar="NAME",
        help="only this operation: operationId or 'METHOD /path'; may be repeated",
    )
    group.addoption("--no-shrink", action="store_true", help="show findings as they were found")
    group.addoption("--requests", action="store_true", help="print a line for each request")
    group.addoption("--budget", metavar="TIME", help="time for the whole run: 90, 90s, 45m, 2h")
    group.addoption(
        "--require-reached",
        metavar="SHARE",
        help="fail when a smaller share of the operations is served to anybody: 0.9",
    )
    group.addoption(
        "--evidence",
        metavar="DIR",
        help="directory for this run's evidence (default: evidence/<time>-<target>)",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Become active when suites are among the arguments."""
    if not named(config.args, config.invocation_params.dir, pyargs=config.option.pyargs):
        return
    # Until tests are run nothing but modules, a document and tests is made, and all of it stays.
    gc.disable()
    config.add_cleanup(gc.enable)
    config.pluginmanager.import_plugin(HOOKS)
    import_module(HOOKS).begin(config)


@pytest.fixture(scope="session")
def target(request: pytest.FixtureRequest) -> Any:
    """The target of this run."""
    run_ = request.config.stash.get(RUN, None)
    if run_ is None or run_.target is None:
        raise UsageError("no target is open: name a suite on the command line, as `pytest fuzz`")
    return run_.target
