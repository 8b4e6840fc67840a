"""The hooks of a run: parametrisation, the verdict of a test, and the end of it all.

`troth.plugin` registers them when suites are among pytest's arguments, and not before: what they
need takes two seconds to import.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import randbits
from time import monotonic
from typing import Any

import pytest
from _pytest.terminal import TerminalReporter

from troth.budget import duration, share
from troth.errors import UsageError
from troth.evidence.directory import run_directory
from troth.evidence.jsonl import HistoryWriter
from troth.interrupt import Interrupt, listen
from troth.observe import settle
from troth.opening import open_target, preflight
from troth.parametrise import parameters, subject
from troth.plugin import RUN
from troth.policy import excuse
from troth.profile import active
from troth.prop import Property, Tally
from troth.report.closing import Closing
from troth.report.outcome import Judgement, Outcome, broken_down, causes, to_report
from troth.report.progress import Progress
from troth.report.summary import header, summary
from troth.run import Result, run
from troth.spec.operation import BrokenOperation, Operation, Socket
from troth.target import Target
from troth.verdict import Verdict

INCONCLUSIVE = ("inconclusive", "?", "INCONCLUSIVE")
WAIVED = ("waived", "w", "WAIVED")


@dataclass
class Run:
    """The state of one pytest session that has suites of troth among its arguments."""

    options: dict[str, Any]
    started: datetime
    directory: Path | None = None
    target: Target | None = None
    outcome: Outcome = field(default_factory=Outcome)
    closing: Closing | None = None
    progress: Progress | None = None
    deadline: float | None = None
    left: int = 0
    judgement: Judgement = field(default_factory=lambda: Judgement(0))
    interrupt: Interrupt = field(default_factory=Interrupt)
    deafen: Callable[[], None] = lambda: None


RESULT = pytest.StashKey[dict[str, Any]]()


def begin(config: pytest.Config) -> None:
    """Prepare the run, and the folder for its evidence."""
    # An installed wheel has no pytest configuration of ours that would block it.
    config.pluginmanager.unregister(name="schemathesis")
    config.pluginmanager.set_blocked("schemathesis")
    options = {
        name: config.getoption(name)
        for name in ("target", "target_url", "operation", "budget", "evidence")
    }
    run_ = config.stash[RUN] = Run(options, datetime.now(UTC))
    worker = getattr(config, "workerinput", None)
    if worker is not None:
        run_.directory = Path(worker["troth_evidence"]) if worker.get("troth_evidence") else None
        run_.options = worker["troth_options"]
        if run_.options["budget"] is not None:
            run_.deadline = monotonic() + duration(run_.options["budget"])
        return
    if config.option.collectonly or config.option.help:
        return
    with _usage(config):
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
        if _distributed(config):
            config.pluginmanager.import_plugin("troth.distribution")


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell an xdist worker where the evidence goes and what was asked."""
    run_ = node.config.stash.get(RUN, None)
    if run_ is not None:
        node.workerinput["troth_evidence"] = str(run_.directory) if run_.directory else ""
        node.workerinput["troth_options"] = run_.options


@contextmanager
def _usage(config: pytest.Config, run_: Run | None = None) -> Iterator[None]:
    """Within it, bad input ends pytest with one message and exit code 2."""
    try:
        yield
    except UsageError as error:
        if run_ is not None and run_.directory is not None and not any(run_.directory.iterdir()):
            run_.directory.rmdir()
        # It would say the same once more.
        config.pluginmanager.unregister(name="terminalreporter")
        pytest.exit(f"troth: {error}", returncode=2)


def _distributed(config: pytest.Config) -> bool:
    return bool(getattr(config.option, "dist", "no") != "no") and not hasattr(config, "workerinput")


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, None, None]:
    """Open the target before pytest prints anything: bad input is one message."""
    run_ = session.config.stash.get(RUN, None)
    if run_ is not None:
        with _usage(session.config, run_):
            _open(session, run_)
    yield
    if run_ is not None and run_.target is not None:
        run_.progress = Progress(session.config)
        run_.target.recorder.subscribe(run_.progress.exchange)
        # After those that write: what was sent is on disk before the run ends.
        run_.target.recorder.subscribe(run_.interrupt.check)
        session.config.pluginmanager.register(run_.interrupt, "troth-interrupt")
        run_.deafen = listen(run_.interrupt)


def _open(session: pytest.Session, run_: Run) -> None:
    # Hypothesis has loaded its profile by now.
    profile = replace(active(), shrink=not session.config.option.no_shrink)
    if not profile.derandomize and "seed" not in run_.options:
        # One for all tests of the run: given by hand, by the profile, or fresh and printed.
        by_hand = session.config.option.hypothesis_seed
        chosen = by_hand if by_hand is not None else profile.seed
        run_.options["seed"] = int(chosen) if chosen is not None else randbits(32)
    if profile.budget is not None and run_.options["budget"] is None:
        run_.deadline = monotonic() + profile.budget
    if _distributed(session.config):
        # The workers open it; a target that is there already is looked at here, so that what is
        # wrong with it is said once.
        if run_.closing is not None and not run_.closing.plan.starts:
            open_target(run_.options, profile=profile).close()
        return
    worker = getattr(session.config, "workerinput", {}).get("workerid", "")
    writer = None
    asked = not session.config.option.collectonly
    run_.target = open_target(run_.options, profile=profile, asked=asked)
    if run_.directory is not None:
        name = f"history-{worker}.jsonl" if worker else "history.jsonl"
        writer = HistoryWriter(run_.directory / name, run_.target.redactor)
    run_.target.begin(writer)
    run_.outcome.facts = run_.target.facts()
    if run_.closing is not None:
        run_.closing.begin(run_.outcome.facts)


def pytest_report_collectionfinish(config: pytest.Config) -> list[str]:
    """What is tested, how hard, and from which seed."""
    run_ = config.stash.get(RUN, None)
    return header(run_.target.facts()) if run_ and run_.target else []


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test an operation, or whatever else it is asked of, with its label as its id."""
    run_ = metafunc.config.stash.get(RUN, None)
    declared: Property | None = getattr(metafunc.function, "troth_property", None)
    if declared is None or run_ is None or run_.target is None:
        return
    name = subject(metafunc.fixturenames)
    if name is not None:
        params = parameters(declared, run_.target, name)
        metafunc.parametrize(name, params, scope="session")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """One property after the other, by id, on the operations in the document's order."""
    run_ = config.stash.get(RUN, None)
    if run_ is None or run_.target is None:
        return
    run_.left = len(items)
    asked: list[Operation | Socket] = [*run_.target.spec.operations, *run_.target.spec.sockets]
    places = {each.label: place for place, each in enumerate(asked)}

    def place(item: Any) -> tuple[bool, str, int]:
        declared = getattr(getattr(item, "obj", None), "troth_property", None)
        if declared is None:
            return (False, "", 0)
        at = places.get(_label(item) or "", len(places))
        return (declared.last, declared.id, at)

    items.sort(key=place)


def _label(item: Any) -> str | None:
    """The label of what an item is asked of."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    name = subject(params)
    return getattr(params[name], "label", None) if name is not None else None


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run a property, and turn what it came to into an outcome of pytest."""
    declared: Property | None = getattr(pyfuncitem.obj, "troth_property", None)
    run_ = pyfuncitem.config.stash.get(RUN, None)
    if declared is None or run_ is None or run_.target is None:
        return None
    opened = run_.target
    names = pyfuncitem._fixtureinfo.argnames  # noqa: SLF001 - what the test asks for, in order
    arguments: dict[str, Any] = {name: pyfuncitem.funcargs[name] for name in names}
    operation, label = arguments.get("operation"), _label(pyfuncitem)
    tally = Tally(declared, label)
    if isinstance(operation, BrokenOperation):
        result = Result(
            declared.id, label, Verdict.ERROR, f"{operation.pointer}: {operation.message}"
        )
    else:
        opened.tally = tally
        opened.deadline = share(run_.deadline, run_.left)
        try:
            result = run(
                tally,
                pyfuncitem.obj,
                arguments,
                opened.profile,
                seed=opened.seed,
                settle=partial(settle, tally, opened.observer),
            )
        finally:
            opened.tally, opened.deadline = None, None
    run_.left -= 1
    findings, doubts = opened.observer.noticed.drain()
    pyfuncitem.stash[RESULT] = to_report(result, findings, doubts, opened.redactor)
    if result.inapplicable:
        pytest.skip(f"not applicable: {result.inapplicable}")
    text = opened.redactor.text(result.reason)
    if result.verdict in {Verdict.FAIL, Verdict.ERROR}:
        head = "error: " if result.verdict is Verdict.ERROR else ""
        if result.verdict is Verdict.FAIL:
            held = opened.observer.held.get((declared.id, label), ())
            refuting = causes(result, held, opened.redactor)
            excused = excuse(opened.policy, refuting, run_.started.date())
            if excused:
                pytest.xfail(f"{declared.id} {excused}: {text}")
        pytest.fail(f"{declared.id} {head}{text}", pytrace=False)
    if result.verdict is Verdict.INCONCLUSIVE:
        if opened.requires(declared.id):
            pytest.fail(f"{declared.id} inconclusive, and required: {text}", pytrace=False)
        pytest.skip(f"{declared.id} inconclusive: {text}")
    return True


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: Any, call: pytest.CallInfo[None]) -> Generator[None, Any, Any]:
    """Put the result on the report, which xdist carries to where the summary is made."""
    report: Any = yield
    declared: Property | None = getattr(getattr(item, "obj", None), "troth_property", None)
    if declared is not None and call.when == "call" and RESULT in item.stash:
        report.troth = item.stash[RESULT]
    elif declared is not None and report.failed:
        said = call.excinfo.exconly(tryshort=True) if call.excinfo else ""
        redactor = item.config.stash[RUN].target.redactor
        report.troth = broken_down(declared.id, _label(item), said, redactor)
    elif declared is not None and report.skipped and call.when == "setup":
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
        report.troth_gated = [declared.id, _label(item), reason.removeprefix("Skipped: ")]
    return report


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


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """Close the target before anything is summed up."""
    run_ = session.config.stash.get(RUN, None)
    if run_ is None or run_.target is None:
        return
    run_.deafen()
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["troth_facts"] = run_.target.facts()
    else:
        run_.outcome.facts = run_.target.facts()
    run_.target.close()
