"""What was told in each run, by root cause, and the medians over the seeds as Markdown."""

import json
import re
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.alarms import Alarm, read
from benchmarks.known import Cause, explained


@dataclass(frozen=True, slots=True)
class Trial:
    """One run. ``bound`` and ``wall`` are seconds; what came after the bound is not counted."""

    tool: str
    seed: int
    began: float
    bound: float
    wall: float
    exchanges: int
    reached: list[str]
    operations: list[str]
    load: float
    exit_code: int
    told: int


@dataclass(frozen=True, slots=True)
class Outcome:
    """A run's root causes, with the seconds to the first alarm of each."""

    trial: Trial
    true: dict[str, float]
    false: dict[str, float]
    unmapped: tuple[Alarm, ...] = ()

    @property
    def first(self) -> float | None:
        """Seconds to the first true alarm."""
        return min(self.true.values(), default=None)


def told(tool: str, folder: Path) -> int:
    """How many findings the tool itself counts."""
    if tool == "troth":
        return len(
            json.loads((folder / "evidence" / "findings.json").read_text("utf-8"))["findings"]
        )
    report = json.loads((folder / "st.json").read_text("utf-8"))
    return int(report["test_cases"]["unique_failures"]) + len(report["errors"])


def judged(trial: Trial, folder: Path, causes: Sequence[Cause]) -> Outcome:
    """What of a run's alarms is true, and what false, by the causes that are known."""
    ends = trial.began + trial.bound
    alarms = [each for each in read(trial.tool, folder) if each.at <= ends]
    found, unmapped = explained(alarms, causes)
    after = {name: at - trial.began for name, at in found.items()}
    true = {each.name for each in causes if each.true}
    return Outcome(
        trial,
        {name: at for name, at in after.items() if name in true},
        {name: at for name, at in after.items() if name not in true},
        tuple(unmapped),
    )


ROWS: tuple[tuple[str, Callable[[Outcome], float | None]], ...] = (
    ("operations reached", lambda one: len(one.trial.reached)),
    ("distinct true root causes", lambda one: len(one.true)),
    ("distinct false alarms", lambda one: len(one.false)),
    ("findings as the tool counts them", lambda one: one.trial.told),
    ("exchanges", lambda one: one.trial.exchanges),
    ("seconds to the first true alarm", lambda one: one.first),
    ("seconds until it had ended", lambda one: one.trial.wall),
    ("load of the machine", lambda one: one.trial.load),
)


def spread(values: Sequence[float]) -> str:
    """``median (least to most)``, or the one value when all are the same."""
    middle, least, most = (
        f"{each:.4g}" for each in (statistics.median(values), min(values), max(values))
    )
    return middle if least == most else f"{middle} ({least} to {most})"


def section(name: str, outcomes: Sequence[Outcome], causes: Sequence[Cause]) -> str:
    """Both tables of a service: the medians, and who found which cause in how many runs."""
    tools = list(dict.fromkeys(each.trial.tool for each in sorted(outcomes, key=_order)))
    by_tool = {tool: [each for each in outcomes if each.trial.tool == tool] for tool in tools}
    lines = [f"| {name} | " + " | ".join(tools) + " |", "|---" * (1 + len(tools)) + "|"]
    for row, figure in ROWS:
        cells = []
        for tool in tools:
            values = [value for each in by_tool[tool] if (value := figure(each)) is not None]
            cells.append(spread(values) if values else "none")
        if row == "operations reached":
            row = f"{row}, of {len(outcomes[0].trial.operations)}"  # noqa: PLW2901
        lines.append(f"| {row} | " + " | ".join(cells) + " |")
    union = {tool: {name for each in by_tool[tool] for name in each.true} for tool in tools}
    cells = [str(len(union[tool])) for tool in tools]
    lines.append("| true root causes in all seeds together | " + " | ".join(cells) + " |")
    for true, title in ((True, "root cause"), (False, "false alarm")):
        lines += ["", f"| {title} | " + " | ".join(tools) + " |", "|---" * (1 + len(tools)) + "|"]
        lines += _found_by(by_tool, [each for each in causes if each.true == true])
    return "\n".join(lines) + "\n"


def _found_by(by_tool: dict[str, list[Outcome]], causes: Sequence[Cause]) -> list[str]:
    lines = []
    for cause in causes:
        numbers = {
            tool: sum(1 for each in outcomes if cause.name in each.true | each.false)
            for tool, outcomes in by_tool.items()
        }
        if any(numbers.values()):
            cells = [f"{number} of {len(by_tool[tool])}" for tool, number in numbers.items()]
            written = f"{cause.name}: {cause.why}" if cause.why else cause.name
            lines.append(f"| {written} | " + " | ".join(cells) + " |")
    return lines or ["| none |" + " |" * len(by_tool)]


def _order(outcome: Outcome) -> bool:
    return outcome.trial.tool != "troth"


def write(path: Path, name: str, text: str) -> None:
    """Put a service's tables between its markers in a document; at its end if it has none."""
    begin, end = f"<!-- {name}: measured -->", f"<!-- {name}: end -->"
    written = path.read_text("utf-8") if path.exists() else ""
    block = f"{begin}\n\n{text}\n{end}"
    pattern = re.compile(re.escape(begin) + ".*?" + re.escape(end), re.DOTALL)
    if pattern.search(written):
        written = pattern.sub(lambda _: block, written)
    else:
        written = f"{written.rstrip()}\n\n{block}\n".lstrip()
    path.write_text(written, encoding="utf-8")
