"""What was measured, as a table and as ratios."""

import statistics
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, slots=True)
class Measurement:
    """One tool, once. ``cpu`` and ``wall`` are in seconds, ``relay_cpu`` is the relay's own."""

    tool: str
    repetition: int
    cases: int
    cpu: float
    wall: float
    reached: int
    operations: int
    exit_code: int
    relay_cpu: float
    missed: tuple[str, ...] = ()

    @property
    def rate(self) -> float:
        """Cases a second of wall time."""
        return self.cases / self.wall if self.wall else 0.0

    @property
    def cost(self) -> float:
        """CPU of the tool in milliseconds a case."""
        return 1000 * self.cpu / self.cases if self.cases else float("inf")

    @property
    def share(self) -> float:
        """Share of the operations that answered a documented success."""
        return self.reached / self.operations if self.operations else 0.0


COLUMNS = ("cases", "wall s", "CPU s", "cases/s", "CPU ms/case", "reached")


def figures(each: Measurement) -> tuple[float, ...]:
    """The columns of one measurement, as numbers."""
    return (each.cases, each.wall, each.cpu, each.rate, each.cost, each.share)


def spread(values: Sequence[float], *, percent: bool = False) -> str:
    """``median`` of one value, ``median (min to max)`` of several."""

    def written(value: float) -> str:
        return f"{value:.0%}" if percent else f"{value:.4g}"

    middle = written(statistics.median(values))
    if len(values) == 1:
        return middle
    return f"{middle} ({written(min(values))} to {written(max(values))})"


def ratios(measurements: Iterable[Measurement]) -> dict[str, float]:
    """troth's median over `st run`'s; empty unless both were measured."""
    measured = list(measurements)
    ours = [figures(each) for each in measured if each.tool == "troth"]
    theirs = [figures(each) for each in measured if each.tool == "st run"]
    if not ours or not theirs:
        return {}
    medians = [
        (statistics.median(left), statistics.median(right))
        for left, right in zip(zip(*ours, strict=True), zip(*theirs, strict=True), strict=True)
    ]
    return {
        name: left / right if right else float("inf")
        for name, (left, right) in zip(COLUMNS, medians, strict=True)
    }


def show(measurements: Sequence[Measurement], console: Console) -> None:
    """Print the table, the ratios, and the operations that a tool did not reach."""
    table = Table(title="median (min to max)" if len(measurements) > 2 else None)
    table.add_column("tool")
    for column in COLUMNS:
        table.add_column(column, justify="right")
    for tool in dict.fromkeys(each.tool for each in measurements):
        rows = zip(*(figures(each) for each in measurements if each.tool == tool), strict=True)
        cells = [
            spread(values, percent=column == "reached")
            for column, values in zip(COLUMNS, rows, strict=True)
        ]
        table.add_row(tool, *cells)
    if found := ratios(measurements):
        table.add_section()
        table.add_row("troth / st run", *(f"{found[column]:.3g}" for column in COLUMNS))
    console.print(table)
    last = {each.tool: each for each in measurements}
    for tool, each in last.items():
        exits = sorted({one.exit_code for one in measurements if one.tool == tool})
        console.print(
            f"{tool}: {each.reached} of {each.operations} operations reached, exit codes {exits}"
        )
        if each.missed:
            console.print("  not reached: " + ", ".join(each.missed))
