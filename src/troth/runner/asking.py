"""The hooks of the process that asks: the open target, its parameters, the verdict of a test.

The one that hands out tests to others (`-n`) has none of them, and is spared what they import.
"""

import gc
from collections.abc import Generator
from dataclasses import replace
from functools import partial
from secrets import randbits
from time import monotonic
from typing import Any

import pytest

from troth.evidence.jsonl import HistoryWriter
from troth.observe import settle
from troth.opening import open_target
from troth.plugin import RUN
from troth.policy import excuse
from troth.profile import active
from troth.prop import Property, Tally
from troth.report.outcome import broken_down, causes, to_report
from troth.report.progress import Progress
from troth.report.summary import header
from troth.runner.budget import share
from troth.runner.hooks import Run, distributed, usage
from troth.runner.interrupt import listen
from troth.runner.parametrise import parameters, subject
from troth.runner.result import Result
from troth.runner.run import run
from troth.spec.operation import BrokenOperation, Operation, Socket
from troth.target import Target
from troth.verdict import Verdict

RESULT = pytest.StashKey[dict[str, Any]]()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> Generator[None, None, None]:
    """Open the target before pytest prints anything: bad input is one message."""
    run_ = session.config.stash.get(RUN, None)
    if run_ is not None:
        with usage(session.config, run_):
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
    if distributed(session.config):
        # The workers open it; a target that is there already is looked at here, so that what is
        # wrong with it is said once.
        target = open_target(run_.options, profile=profile)
        writer = _history(run_, target, "history-first.jsonl")
        if writer is not None:
            writer.close()
        run_.outcome.facts = {"exchanges": target.recorder.count}
        target.close()
        return
    worker = getattr(session.config, "workerinput", {}).get("workerid", "")
    asked = not session.config.option.collectonly
    run_.target = open_target(run_.options, profile=profile, asked=asked)
    name = f"history-{worker}.jsonl" if worker else "history.jsonl"
    run_.target.begin(_history(run_, run_.target, name))
    run_.outcome.facts = run_.target.facts()
    if run_.closing is not None:
        run_.closing.begin(run_.outcome.facts)


def _history(run_: Run, target: Target, name: str) -> HistoryWriter | None:
    """What writes the exchanges down, and has written those by which the target was opened."""
    if run_.directory is None:
        return None
    writer = HistoryWriter(run_.directory / name, target.redactor)
    for each in target.recorder.recent:
        writer.write(each)
    return writer


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
                late=run_.deadline is not None and monotonic() > run_.deadline,
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
    # pytest collects five times when it goes, and Python once more: through all that was learnt.
    gc.freeze()
