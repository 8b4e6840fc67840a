"""Services for the tests, which stop when the module that asked for them is done."""

import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest

from tests.serving import process, static

HERE = Path(__file__).parent
# Folders whose files start processes and take longest. They go first where files are handed out
# one by one: whatever goes last may find the other workers idle.
LONGEST = ("suite", "endtoend", "cli", "launch", "integration", "reference", "benchmarks")
LOTS = 4  # of the detection matrix; each starts a process of its own that forks the runs
MOST_WORKERS = 4  # each has services, and connections to PostgreSQL, of its own


def pytest_addoption(parser: pytest.Parser) -> None:
    """The suites that are asked for by name."""
    parser.addoption(
        "--enable-stripe-replay",
        action="store_true",
        help="replay recorded deliveries of the payment provider (marker stripe_replay)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Let Ctrl-C reach what the tests start: a job in a shell's background ignores it, and so do
    all that it starts.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and not hasattr(config, "workerinput"):
        signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)  # before xdist reads what is set here
def pytest_cmdline_main(config: pytest.Config) -> None:
    """All tests at once use all cores, a file at a time; fewer of them, or `-n 0`, one process."""
    option = config.option
    whole = [Path(config.invocation_params.dir, each).resolve() for each in config.args] == [HERE]
    narrowed = option.keyword or option.markexpr or option.collectonly
    # Without xdist there is no such option; within a worker there is nobody to hand files to.
    settled = getattr(option, "numprocesses", 0) is not None or hasattr(config, "workerinput")
    if not whole or narrowed or settled or option.dist != "no":
        return
    option.numprocesses, option.maxprocesses = "logical", option.maxprocesses or MOST_WORKERS
    option.dist, option.loadscopereorder = "loadfile", False


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Longest first in workers; and skip, and say why, what was not asked for."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: _turn(item.path.parent.name))
    if config.getoption("--enable-stripe-replay"):
        return
    reason = "the Stripe replay is run with --enable-stripe-replay"
    for item in items:
        if item.get_closest_marker("stripe_replay"):
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """A file at a time, but the detection matrix by lots: it would be the last to end."""
    if config.getoption("dist") != "loadfile":
        return None
    from xdist.scheduler import LoadFileScheduling

    class ByLots(LoadFileScheduling):
        def _split_scope(self, nodeid: str) -> str:
            file = super()._split_scope(nodeid)
            lot = crc32(nodeid.encode()) % LOTS
            return f"{file} {lot}" if file.endswith("test_detection_matrix.py") else file

    return ByLots(config, log)


def _turn(folder: str) -> int:
    return LONGEST.index(folder) if folder in LONGEST else len(LONGEST)


@pytest.fixture(scope="module")
def services() -> Iterator[ExitStack]:
    """What is entered here is left at the end of the module."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def serve(services: ExitStack) -> Callable[..., str]:
    """``serve("library:clean")`` starts `tests.apps.library.clean` and gives its address."""
    return lambda application, **env: services.enter_context(
        process("tests.apps.serve", f"tests.apps.{application}", env=env)
    )


@pytest.fixture(scope="module")
def serve_badly(services: ExitStack) -> Callable[[str], str]:
    """``serve_badly("hangs")`` starts the bad target of that mode and gives its address."""
    return lambda mode: services.enter_context(process("tests.apps.wire", mode))


@pytest.fixture(scope="module")
def serve_bytes(services: ExitStack) -> Callable[[bytes], str]:
    """``serve_bytes(b"…")`` has these bytes at `/openapi.json`."""
    return lambda content: services.enter_context(static(content))
