"""The hooks of a run: its beginning, what arrives of it, and the end of it all.

`troth.plugin` registers them when suites are among pytest's arguments, and not before; they
register `troth.runner.asking` where tests are run.
"""

import gc
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import pytest
from _pytest.terminal import TerminalReporter

from troth.errors import UsageError
from troth.evidence.directory import run_directory
from troth.plugin import RUN
from troth.report.closing import Closing
from troth.report.outcome import Judgement, Outcome
from troth.report.progress import Progress
from troth.report.summary import summary
from troth.runner.budget import duration
from troth.runner.interrupt import Interrupt
from troth.runner.plan import preflight

if TYPE_CHECKING:
    from troth.target import Target

ASKING = "troth.runner.asking"
SELDOM = 10
INCONCLUSIVE = ("inconclusive", "?", "INCONCLUSIVE")
WAIVED = ("waived", "w", "WAIVED")


@dataclass
class Run:
    """The state of one pytest session that has suites of troth among its arguments."""

    options: dict[str, Any]
    started: datetime
    directory: Path | None = None
    target: "Target | None" = None
    outcome: Outcome = field(default_factory=Outcome)
    closing: Closing | None = None
    progress: Progress | None = None
    deadline: float | None = None
    left: int = 0
    judgement: Judgement = field(default_factory=lambda: Judgement(0))
    interrupt: Interrupt = field(default_factory=Interrupt)
    deafen: Callable[[], None] = lambda: None


def begin(config: pytest.Config) -> None:
    """Prepare the run, and the folder for its evidence."""
    # An installed wheel has no pytest configuration of ours that would block it.
    config.pluginmanager.unregister(name="schemathesis")
    config.pluginmanager.set_blocked("schemathesis")
    options = {
        name: config.getoption(name)
        for name in ("target", "target_url", "operation", "budget", "evidence", "require_reached")
    }
    run_ = config.stash[RUN] = Run(options, datetime.now(UTC))
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        run_.directory = Path(worker["troth_evidence"]) if worker.get("troth_evidence") else None
        run_.options = worker["troth_options"]
        config.pluginmanager.import_plugin(ASKING)
        if run_.options["budget"] is not None:
            run_.deadline = monotonic() + duration(run_.options["budget"])
        return
    if config.option.collectonly or config.option.help:
        config.pluginmanager.import_plugin(ASKING)
        return
    with usage(config):
        if options["budget"] is not None:
            run_.deadline = monotonic() + duration(options["budget"])
        plan = preflight(options)
        base = Path(options["evidence"]) if options["evidence"] else None
        run_.directory = run_directory(base, plan.name, run_.started)
        if not config.option.xmlpath:
            config.option.xmlpath = str(run_.directory / "junit.xml")
        command = tuple(str(each) for each in config.invocation_params.args)
        run_.closing = Closing(plan, run_.directory, run_.started, command)
        config.pluginmanager.register(Gatherer(run_), "troth-gatherer")
        if distributed(config):
            config.pluginmanager.import_plugin("troth.runner.distribution")
        if not (distributed(config) and plan.starts):
            config.pluginmanager.import_plugin(ASKING)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the evidence goes and what was asked."""
    run_ = node.config.stash.get(RUN, None)
    if run_ is not None:
        node.workerinput["troth_evidence"] = str(run_.directory) if run_.directory else ""
        node.workerinput["troth_options"] = run_.options


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> None:
    """Collect garbage from here on: seldom, and not in what is there by now, which stays."""
    gc.freeze()
    young, middle, old = gc.get_threshold()
    # What was learnt of a service is looked through each time, and hardly any of it is garbage.
    gc.set_threshold(young, middle, SELDOM * old)
    session.config.add_cleanup(partial(gc.set_threshold, young, middle, old))
    gc.enable()


@contextmanager
def usage(config: pytest.Config, run_: Run | None = None) -> Iterator[None]:
    """Within it, bad input ends pytest with one message and exit code 2."""
    try:
        yield
    except UsageError as error:
        if run_ is not None and run_.directory is not None and not any(run_.directory.iterdir()):
            run_.directory.rmdir()
        # It would say the same once more.
        config.pluginmanager.unregister(name="terminalreporter")
        pytest.exit(f"troth: {error}", returncode=2)


def distributed(config: pytest.Config) -> bool:
    """Whether this process hands out tests to workers."""
    return bool(getattr(config.option, "dist", "no") != "no") and not hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True)
def pytest_report_teststatus(report: Any, config: pytest.Config) -> Generator[None, Any, Any]:
    """An inconclusive test is neither passed nor skipped, and a waived one is known to fail.

    No letters while there is a status line: both would write to one place.
    """
    status = yield
    found = getattr(report, "troth", None)
    if found and report.skipped and not found["inapplicable"]:
        status = WAIVED if hasattr(report, "wasxfail") else INCONCLUSIVE
    run_ = config.stash.get(RUN, None)
    live = run_ is not None and run_.progress is not None and run_.progress.live
    return (status[0], "", "") if live and status else status


class Gatherer:
    """Registered where reports arrive: gathers results, shows progress, ends the run."""

    def __init__(self, run_: Run) -> None:
        self.run = run_

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take in the result that a report carries."""
        found = getattr(report, "troth", None)
        gated = getattr(report, "troth_gated", None)
        if found:
            self.run.outcome.add(found)
        if gated:
            self.run.outcome.gated[(gated[0], gated[1])] = gated[2]
        if self.run.progress and (found or gated):
            self.run.progress.test(report.nodeid, self.run.outcome)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """What only a worker knows about the target."""
        self.run.outcome.add_facts(getattr(node, "workeroutput", {}).get("troth_facts", {}))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Let the policy decide, then write what the run leaves behind: after JUnit is written."""
        run_ = self.run
        if run_.progress:
            run_.progress.close()
        if run_.closing is None:
            return
        run_.judgement = run_.closing.judge(run_.outcome, int(session.exitstatus))
        session.exitstatus = run_.judgement.code
        try:
            run_.closing.end(run_.outcome, run_.judgement)
        except UsageError as error:
            session.exitstatus = session.exitstatus or 1
            reasons = (*run_.judgement.reasons, str(error))
            run_.judgement = replace(run_.judgement, reasons=reasons)

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """The table, the findings, and why the run is red."""
        if self.run.outcome.rows or self.run.outcome.gated:
            writer = terminalreporter._tw  # noqa: SLF001 - it knows width and colour
            text = summary(
                self.run.outcome,
                self.run.judgement,
                self.run.directory,
                distributed=self.run.target is None,
                width=max(100, writer.fullwidth),
                colour=writer.hasmarkup,
            )
            terminalreporter.section("troth")
            terminalreporter.write_line(text)
