"""`python -m benchmarks.strangers`: troth and `st run` on a stranger's service, for a minute each.

Both go through the relay of `benchmarks.relay`, as the same people, in turns, and the service is
put back before each. What they tell is reduced to root causes by a file that is written by hand.
"""

import argparse
import json
import os
import shlex
import subprocess
import time
import tomllib
from dataclasses import asdict
from pathlib import Path

import httpx
import yaml

from benchmarks import bounded, child
from benchmarks.known import load
from benchmarks.reached import operations, reached
from benchmarks.relay import relaying
from benchmarks.service import running
from benchmarks.told import Trial, judged, section, told, write
from benchmarks.tools import expanded, named

TOOLS = ("troth", "st run")
GRACE = 600.0
"""Seconds after its bound in which a tool may still end; what it sees in them is not counted."""


def options(arguments: list[str] | None = None) -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.strangers", description=__doc__)
    parser.add_argument("--url", help="document of the running service")
    parser.add_argument("--target", type=Path, required=True, help="who may log in")
    parser.add_argument("--known", type=Path, required=True, help="its root causes")
    parser.add_argument("--seeds", type=int, default=5, metavar="N", help="seeds 1 to N")
    parser.add_argument("--minutes", type=float, default=1.0, help="wall time of each run")
    parser.add_argument("--only", choices=TOOLS, help="one tool only")
    parser.add_argument("--reset", metavar="COMMAND|URL", help="puts the service back")
    parser.add_argument("--keep", type=Path, required=True, help="folder of what the tools leave")
    parser.add_argument("--write", type=Path, metavar="FILE", help="document to put the tables in")
    return parser.parse_args(arguments)


def put_back(reset: str | None) -> None:
    """Run the command, or fetch the address, that puts the service's data back."""
    if reset is None:
        return
    if reset.startswith("http://"):
        httpx.get(reset, timeout=60).raise_for_status()
    else:
        subprocess.run(shlex.split(reset), check=True, timeout=120, stdin=subprocess.DEVNULL)


def trial(tool: str, seed: int, given: argparse.Namespace, folder: Path) -> Trial:
    """One tool on the service for so many minutes."""
    put_back(given.reset)
    service = running(given.url)
    config = tomllib.loads(given.target.read_text("utf-8"))
    address = f"http://{service.host}:{service.port}{service.document}"
    document = yaml.safe_load(httpx.get(address).raise_for_status().text)
    bound = 60 * given.minutes
    with relaying(service.host, service.port) as relay:
        port = relay.port
        if tool == "troth":
            job = bounded.troth(config, service, folder, port=port, seed=seed, bound=bound)
        else:
            job = bounded.st_run(
                config, document, service, folder, port=port, seed=seed, bound=bound
            )
        began = time.time()
        cost = child.run(
            job.command,
            cwd=job.cwd,
            env=service.env,
            log=folder / "output.log",
            limit=bound + GRACE,
        )
    sent = [each for each in relay.seen if not each.path.startswith(service.document)]
    in_time = [each for each in sent if each.at <= began + bound]
    left_out = {named(document, each) for each in config["target"].get("exclude", ())}
    return Trial(
        tool=tool,
        seed=seed,
        began=began,
        bound=bound,
        wall=cost.wall,
        exchanges=len(in_time),
        reached=sorted(reached(document, in_time) - left_out),
        operations=sorted(set(operations(document)) - left_out),
        load=os.getloadavg()[0],
        exit_code=cost.exit_code,
        told=told(tool, folder),
    )


def main(arguments: list[str] | None = None) -> int:
    """Run what is not in ``--keep`` yet, and tell of it. 1 while no cause explains some alarm."""
    given = options(arguments)
    name = expanded(tomllib.loads(given.target.read_text("utf-8")), os.environ)["target"]["name"]
    trials: list[tuple[Trial, Path]] = []
    for seed in range(1, given.seeds + 1):
        # Who begins changes with the seed, so that neither has the quieter hours.
        for tool in [given.only] if given.only else TOOLS[:: 1 if seed % 2 else -1]:
            folder = given.keep.resolve() / f"{name}-{tool.replace(' ', '-')}-{seed}"
            record = folder / "trial.json"
            if record.exists():
                one = Trial(**json.loads(record.read_text("utf-8")))
            else:
                folder.mkdir(parents=True)
                one = trial(tool, seed, given, folder)
                record.write_text(json.dumps(asdict(one), indent=1), encoding="utf-8")
            trials.append((one, folder))
            print(
                f"{tool}, seed {seed}: {one.wall:.0f} s, {one.exchanges} exchanges, "
                f"{len(one.reached)} of {len(one.operations)} operations, exit {one.exit_code}"
            )
    causes = load(given.known)
    outcomes = [judged(one, folder, causes) for one, folder in trials]
    text = section(name, outcomes, causes)
    print(text)
    for each in sorted({alarm.whole for one in outcomes for alarm in one.unmapped}):
        print(f"--- explained by nothing\n{each[:1500]}")
    if given.write is not None:
        write(given.write, name, text)
    return 1 if any(one.unmapped for one in outcomes) else 0


if __name__ == "__main__":
    raise SystemExit(main())
