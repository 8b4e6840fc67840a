"""``troth replay``: sends the smallest history of a finding again and says what came of it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import time

import click

from troth.authority.tokens import forged_again
from troth.cli.anew import anew
from troth.cli.options import opened, target_options
from troth.errors import UsageError
from troth.evidence.findings import FindingRecord, FindingsFile, read_findings
from troth.evidence.manifest import NAME
from troth.exposure import overheard
from troth.exposure.leaks import OWNED
from troth.probes.listener import Listener, ports
from troth.replaying.remake import Remaker
from troth.replaying.replay import Replay
from troth.replaying.replay import replay as send_again
from troth.spec.operation import Operation, Socket
from troth.target import Target

RACES = 10
"""How often a history is sent that has requests which were sent at once."""


@click.command()
@click.argument("finding")
@click.option(
    "--evidence",
    "directory",
    type=click.Path(path_type=Path),
    help="Directory of the run, or of runs (default: evidence).",
)
@target_options
def replay(
    finding: str, directory: Path | None, target: str | None, target_url: str | None
) -> None:
    """Send FINDING again: a fingerprint, its first digits, or the path of a findings.json.

    Exit code 0: it does not fail any more. 1: it still fails. 2: that could not be asked.
    """
    path, file, records = _chosen(finding, directory)
    outcomes = []
    with opened(target, target_url) as service:
        if not (target or target_url) and file.target != service.name:
            raise UsageError(
                f"{path} is about the target {file.target!r}, and {service.name!r} is what troth "
                "tests by default; name the service with --target or --target-url"
            )
        for record in records:
            with _listening(record):
                outcome = _sent(record, service, _recorded(path, "base_url"))
            if outcome.still_fails is None or not outcome.sure:
                outcome = _anew(outcome, record, _recorded(path, "profile"), target, target_url)
            outcomes.append(outcome)
            message = service.redactor.text(outcome.message)
            click.echo(f"{record.id} {record.finding.property}: {message}")
            for exchange in outcome.exchanges:
                click.echo(f"  {service.redactor.text(str(exchange))}")
    if any(each.still_fails for each in outcomes):
        click.get_current_context().exit(1)
    if any(each.still_fails is None for each in outcomes):
        click.get_current_context().exit(2)


@contextmanager
def _listening(record: FindingRecord) -> Iterator[None]:
    """Within it, somebody listens where the run did, as far as those ports are free."""
    requests = [each.request for each in record.finding.history]
    named = " ".join(f"{each.url} {each.body.decode('utf-8', 'replace')}" for each in requests)
    opened_: list[Listener] = []
    for port in ports(named):
        with suppress(OSError):
            opened_.append(Listener(port))
    try:
        yield
    finally:
        for each in opened_:
            each.close()


def _sent(record: FindingRecord, service: Target, base_url: str) -> Replay:
    if not record.whole or not record.finding.history:
        return Replay(None, (), "a request of its history was too long to be recorded whole")
    finding = record.finding
    if finding.property in overheard.OWNED:
        return overheard.overheard(finding, service, base_url)
    checks = service.observer.complaints
    known = {(each.property, each.root) for each in checks(finding.history[-1])}
    # Where the checks complain of the recorded witness, they judge the new one too; where the
    # property compared several exchanges, the outcome is compared.
    checked = finding.property in OWNED or (finding.property, finding.root) in known
    judge = checks if checked else None
    logins = {name: each.login for name, each in service.file.principals.items()}
    # With what `[session]` says of its own operations.
    asked: list[Operation | Socket] = [*service.spec.operations, *service.spec.sockets]
    told = {each.label: service.told(each) for each in asked}
    forge = partial(forged_again, service)
    # What depends on who comes first need not come again at once.
    turns = RACES if any(each.together for each in finding.history) else 1
    for turn in range(turns):
        # What must be new is new each time.
        salt = f"{time():.0f}{turn}"
        remake = Remaker(
            service.spec, told, finding.history, logins, salt, forge, restart=service.restart
        )
        done = send_again(finding, service, judge=judge, remake=remake, recorded_base_url=base_url)
        if done.still_fails is not False:
            break
    return done


def _chosen(finding: str, directory: Path | None) -> tuple[Path, FindingsFile, list[FindingRecord]]:
    if finding.endswith(".json") or Path(finding).is_file():
        path = Path(finding)
        file = read_findings(path)
        if not file.findings:
            raise UsageError(f"{path} holds no finding: there is nothing to replay")
        return path, file, list(file.findings)
    base = directory if directory is not None else Path("evidence")
    paths = [base / "findings.json"] if (base / "findings.json").is_file() else _runs(base)
    if not paths:
        raise UsageError(
            f"there is no findings.json in {base}; name the directory of a run with --evidence"
        )
    for path in paths:  # the latest run first
        file = read_findings(path)
        found = [each for each in file.findings if each.id.startswith(finding.lower())]
        if len(found) > 1:
            ids = ", ".join(each.id for each in found)
            raise UsageError(f"`{finding}` begins more than one finding of {path}: {ids}")
        if found:
            return path, file, found
    raise UsageError(
        f"no finding `{finding}` in {base} ({len(paths)} runs); findings.json lists their `id`s"
    )


def _runs(base: Path) -> list[Path]:
    return sorted(base.glob("*/findings.json"), key=lambda path: path.parent.name, reverse=True)


def _anew(
    sent: Replay, record: FindingRecord, profile: str, target: str | None, url: str | None
) -> Replay:
    """The property's own word, with what was sent before; that, where it has none."""
    asked = anew(record, profile=profile, target=target, url=url)
    if asked.still_fails is None:
        return replace(sent, message=f"{sent.message}; {asked.message}")
    return replace(asked, exchanges=sent.exchanges)


def _recorded(path: Path, name: str) -> str:
    """What the run's manifest says, or nothing when nobody wrote it down."""
    try:
        return str(json.loads((path.parent / NAME).read_bytes()).get(name, ""))
    except (OSError, ValueError, AttributeError):
        return ""
