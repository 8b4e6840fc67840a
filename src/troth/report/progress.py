"""Live progress: a status line on a terminal, or on request a line for each request."""

from contextlib import nullcontext
from time import monotonic
from typing import Any

import pytest
from rich.console import Console
from rich.status import Status
from rich.text import Text

from troth.exchange import Exchange
from troth.report.outcome import Outcome

EVERY = 0.1  # seconds between two updates of the line


class Progress:
    """A line that says what is going on now. Silent when the output is not a terminal.

    With ``--requests`` every exchange has a line of its own, wherever the output goes.
    """

    def __init__(self, config: pytest.Config) -> None:
        reporter: Any = config.pluginmanager.getplugin("terminalreporter")
        writer = getattr(reporter, "_tw", None)
        self._status: Status | None = None
        self._exchanges = 0
        self._done = 0
        self._findings = 0
        self._shown = 0.0
        self._now = ""
        self._lines: Any = reporter if config.option.requests else None
        self._capture: Any = config.pluginmanager.getplugin("capturemanager")
        if self._lines is not None:
            reporter.showfspath = False
        elif writer is not None and writer.hasmarkup and config.option.verbose <= 0:
            # pytest captures the standard streams; its reporter's file is the terminal itself.
            terminal = writer._file  # noqa: SLF001
            self._status = Status("", console=Console(file=terminal, force_terminal=True))
            reporter.showfspath = False

    @property
    def live(self) -> bool:
        """Whether it takes the place of pytest's letters."""
        return self._status is not None or self._lines is not None

    def exchange(self, exchange: Exchange) -> None:
        """A sink of the recorder."""
        if self._lines is not None:
            # A test is under way, and what is written during one is kept back.
            with self._capture.global_and_fixture_disabled() if self._capture else nullcontext():
                self._lines.write_line(line_of(exchange))
        self._exchanges += 1
        self._now = exchange.operation or f"{exchange.request.method} {exchange.request.url}"
        self._update()

    def test(self, nodeid: str, outcome: Outcome) -> None:
        """A test has ended."""
        self._done += 1
        self._findings = len(outcome.findings)
        self._now = nodeid.rsplit("::", 1)[-1]
        self._update()

    def close(self) -> None:
        """Take the line away."""
        if self._status is not None:
            self._status.stop()
            self._status = None

    def _update(self) -> None:
        if self._status is None or monotonic() - self._shown < EVERY:
            return
        self._shown = monotonic()
        counts = f"{self._done} tests, {self._exchanges} exchanges, {self._findings} findings  "
        line = Text(counts, no_wrap=True, overflow="ellipsis")
        self._status.update(line.append(self._now, "dim"))
        self._status.start()


def line_of(exchange: Exchange) -> str:
    """Who asked what, and what came: of the address its template only, for ids may be secrets."""
    asked = exchange.operation or f"{exchange.request.method} (no operation)"
    response = exchange.response
    came = f"{response.status} in {response.elapsed * 1000:.0f} ms" if response else ""
    return f"{exchange.number:>5}  {exchange.principal:<12} {asked:<64} {came or exchange.breakage}"
