"""`python -m benchmarks`: troth and `st run` on one service in turn, and the ratios between them.

Each tool is a child process; both go through a relay that counts what really passed. The service
is a process apart, started anew for each measurement, so that its CPU is nobody's.
"""

import argparse
import contextlib
import json
import os
import platform
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from importlib.metadata import version
from pathlib import Path
from typing import Any

import httpx
import yaml
from rich.console import Console

from benchmarks import child, tools
from benchmarks.reached import operations, reached
from benchmarks.relay import relaying
from benchmarks.service import Service, running, started
from benchmarks.table import Measurement, ratios, show

TOOLS = ("troth", "st run")
DEFAULT_TARGET = Path(__file__).parents[1] / "conf" / "target.toml"


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--url", help="document of a running service, instead of starting one")
    parser.add_argument(
        "--target", type=Path, help="target file: what to start, and who may log in"
    )
    parser.add_argument("--profile", choices=sorted(tools.EXAMPLES), default="ci")
    parser.add_argument("--repeat", type=int, default=1, metavar="N", help="measure N times")
    parser.add_argument("--only", choices=TOOLS, help="measure one tool only")
    parser.add_argument("--limit", type=float, default=1800, help="seconds a tool may take")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write every measurement")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep logs and evidence there")
    return parser.parse_args(arguments)


def measure(
    tool: str, repetition: int, given: argparse.Namespace, config: Mapping[str, Any], folder: Path
) -> Measurement:
    """One tool on a fresh service (or on the running one)."""
    with _service(given, config, folder / "service.log") as service:
        address = f"http://{service.host}:{service.port}{service.document}"
        document = yaml.safe_load(httpx.get(address).raise_for_status().text)
        with relaying(service.host, service.port) as relay:
            how = {"port": relay.port, "profile": given.profile, "folder": folder}
            if tool == "troth":
                job = tools.troth(service, config, **how)
            else:
                job = tools.st_run(service, config, document, **how)
            cost = child.run(
                job.command,
                cwd=job.cwd,
                env=service.env,
                log=folder / "output.log",
                limit=given.limit,
            )
    sent = [each for each in relay.seen if not each.path.startswith(service.document)]
    known, found = set(operations(document)), reached(document, sent)
    return Measurement(
        tool=tool,
        repetition=repetition,
        cases=len(sent),
        cpu=cost.cpu,
        wall=cost.wall,
        reached=len(found),
        operations=len(known),
        exit_code=cost.exit_code,
        relay_cpu=relay.cpu,
        missed=tuple(sorted(known - found)),
    )


@contextlib.contextmanager
def _service(given: argparse.Namespace, config: Mapping[str, Any], log: Path) -> Iterator[Service]:
    if given.url is not None:
        yield running(given.url)
    else:
        with started(config.get("target", {}), log) as service:
            yield service


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and write what was asked for. 0 when every tool sent something, else 1."""
    given = options(arguments)
    target = given.target or (None if given.url else DEFAULT_TARGET)
    config = tomllib.loads(target.read_text(encoding="utf-8")) if target else {}
    console = Console()
    measurements: list[Measurement] = []
    with contextlib.ExitStack() as stack:
        if given.keep is None:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-")))
        else:
            root = given.keep.resolve()
        for repetition in range(1, given.repeat + 1):
            for tool in [given.only] if given.only else TOOLS:
                folder = root / f"{repetition}-{tool.replace(' ', '-')}"
                folder.mkdir(parents=True)
                measurement = measure(tool, repetition, given, config, folder)
                measurements.append(measurement)
                console.print(
                    f"{tool} {repetition}/{given.repeat}: {measurement.cases} cases in "
                    f"{measurement.wall:.1f} s, exit code {measurement.exit_code}"
                )
                if measurement.cases == 0:
                    console.print((folder / "output.log").read_text(errors="replace")[-2000:])
    show(measurements, console)
    if given.json is not None:
        given.json.write_text(json.dumps(_record(given, measurements), indent=2) + "\n")
    return 0 if all(each.cases for each in measurements) else 1


def _record(given: argparse.Namespace, measurements: list[Measurement]) -> dict[str, Any]:
    return {
        "profile": given.profile,
        "url": given.url,
        "python": platform.python_version(),
        "machine": {"system": platform.platform(), "cpus": os.cpu_count()},
        "versions": {name: version(name) for name in ("troth", "schemathesis", "hypothesis")},
        "measurements": [asdict(each) for each in measurements],
        "ratios": ratios(measurements),
    }


if __name__ == "__main__":
    raise SystemExit(main())
