"""`python -m benchmarks.detection`: how long it takes until each planted defect is caught."""

import argparse
import os
import platform
import re
import statistics
import tempfile
from dataclasses import dataclass
from pathlib import Path

from troth.defects import catalogue
from troth.defects.detection import warm

HEAD = """\
# How long it takes to catch a defect

Each defect of `src/troth/defects/` is planted in the reference service in turn, and all suites are
run at profile `{profile}` on the operations that it names, without shrinking, until the first
finding; look-alikes, which nothing is to catch, are left out. Counted are the requests and the
seconds from the first exchange of the run to the one that shows a finding of a property that the
defect names; the service's own start is not counted. Properties are asked in the order of their
ids, so what comes late in that order is found late.

Made by `uv run python -m benchmarks.detection --write docs/detection.md`; {machine}, one process.

| defect | caught by | requests | seconds |
|---|---|---:|---:|
"""


@dataclass(frozen=True)
class Caught:
    """One defect, and what it took; None when it was missed."""

    name: str
    by: tuple[str, ...]
    took: tuple[int, float] | None

    def row(self) -> str:
        """A line of the table."""
        requests, seconds = (
            (f"{self.took[0]}", f"{self.took[1]:.1f}") if self.took else ("missed", "missed")
        )
        cells = (self.name.replace("_", " "), ", ".join(self.by))
        return f"| {' | '.join(cells)} | {requests} | {seconds} |"


ROW = re.compile(
    r"\| (?P<name>[^|]+) \| (?P<by>[^|]+) \| (?P<requests>\d+) \| (?P<seconds>[\d.]+) \|"
)


def kept(text: str) -> list[Caught]:
    """What a page that was written before has of defects that are still there."""
    return [
        Caught(name, tuple(row["by"].split(", ")), (int(row["requests"]), float(row["seconds"])))
        for row in ROW.finditer(text)
        if (name := row["name"].replace(" ", "_")) in catalogue.names()
    ]


def measured(names: tuple[str, ...], profile: str) -> list[Caught]:
    """One defect after the other, each on a service of its own."""
    found = []
    with tempfile.TemporaryDirectory(prefix="troth-") as folder, warm(Path(folder)) as processes:
        for name in names:
            defect = catalogue.defect(name)
            if defect.lookalike_of:
                continue
            run = processes.run(name, defect.operations, profile, options=("-x",))
            caught = Caught(name, defect.caught_by, run.first(defect.caught_by))
            print(caught.row(), flush=True)
            found.append(caught)
    return found


def page(found: list[Caught], profile: str) -> str:
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
    return f"{HEAD.format(machine=machine, profile=profile)}{rows}\n\n{' '.join(said)}\n"


def main() -> None:
    """Measure, print, and write where that is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.detection", description=__doc__)
    parser.add_argument(
        "--only",
        action="append",
        metavar="NAME",
        help="this defect; may repeat. What the page has of others is kept",
    )
    parser.add_argument("--profile", default="ci", help="at this profile (ci)")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page there")
    given = parser.parse_args()
    found = measured(tuple(given.only or catalogue.names()), given.profile)
    if given.only and given.write and given.write.exists():
        others = kept(given.write.read_text("utf-8"))
        found += [each for each in others if each.name not in given.only]
    text = page(sorted(found, key=lambda each: each.name), given.profile)
    print(text.rpartition("\n\n")[2], end="")
    if given.write:
        given.write.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
