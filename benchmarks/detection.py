"""`python -m benchmarks.detection`: how long it takes until each planted defect is caught."""

import argparse
import os
import platform
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from troth.defects import catalogue
from troth.defects.detection import warm

HEAD = """\
# How long it takes to catch a defect

Each defect of `src/troth/defects/` is planted in the reference service in turn, and all suites are
run at its profile on the operations that it names, without shrinking; look-alikes, which nothing
is to catch, are left out. Counted are the requests and
the seconds from the first exchange of the run to the one that shows a finding of a property that
the defect names. Properties are asked in the order of their ids, so what comes late in that order
is found late.

Made by `uv run python -m benchmarks.detection --write docs/detection.md`; {machine}.

| defect | caught by | profile | requests | seconds | requests of the whole run |
|---|---|---|---:|---:|---:|
"""


@dataclass(frozen=True)
class Caught:
    """One defect, and what it took; None when it was missed."""

    name: str
    by: tuple[str, ...]
    profile: str
    took: tuple[int, float] | None
    exchanges: int

    def row(self) -> str:
        """A line of the table."""
        requests, seconds = (
            (f"{self.took[0]}", f"{self.took[1]:.1f}") if self.took else ("missed", "missed")
        )
        cells = (self.name.replace("_", " "), ", ".join(self.by), self.profile)
        return f"| {' | '.join(cells)} | {requests} | {seconds} | {self.exchanges} |"


def measured(names: tuple[str, ...]) -> list[Caught]:
    """One defect after the other, each on a service of its own."""
    found = []
    with tempfile.TemporaryDirectory(prefix="troth-") as folder, warm(Path(folder)) as processes:
        for name in names:
            defect = catalogue.defect(name)
            if defect.lookalike_of:
                continue
            run = processes.run(name, defect.operations, defect.profile)
            first = run.first(defect.caught_by)
            caught = Caught(name, defect.caught_by, defect.profile, first, run.exchanges())
            print(caught.row(), flush=True)
            found.append(caught)
    return found


def page(found: list[Caught]) -> str:
    """The table, and what it comes to."""
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    rows = "\n".join(each.row() for each in found)
    took = [each.took for each in found if each.took]
    missed = [each.name for each in found if not each.took]
    said = [f"{len(found)} defects, {len(missed)} missed."]
    if took:
        requests = [each[0] for each in took]
        seconds = [each[1] for each in took]
        said.append(
            f"On average {statistics.mean(requests):.0f} requests and "
            f"{statistics.mean(seconds):.1f} s (median {statistics.median(requests):.0f} and "
            f"{statistics.median(seconds):.1f} s)."
        )
    return f"{HEAD.format(machine=machine)}{rows}\n\n{' '.join(said)}\n"


def main() -> None:
    """Measure, print, and write where that is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="this defect; may repeat")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there")
    given = parser.parse_args()
    text = page(measured(tuple(given.only or catalogue.names())))
    print(text.rpartition("\n\n")[2], end="")
    if given.write:
        given.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
