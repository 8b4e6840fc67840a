"""``troth matrix``: what of a service is asked, what is left out, and why."""

import json
import sys

import click
from rich.console import Console
from rich.table import Table

from troth.cli.options import opened, target_options
from troth.cli.suites import declared
from troth.matrix import Row, as_json, incomplete, rows
from troth.target import Target

_COLOURS = {"covered": "green", "gated": "yellow", "disabled": "dim", "missing": "red"}


@click.command()
@target_options
@click.option("--json", "json_", is_flag=True, help="Print JSON.")
def matrix(target: str | None, target_url: str | None, *, json_: bool) -> None:
    """Print the smoke matrix; exit 1 when an operation has neither a property nor a gate."""
    with opened(target, target_url) as service:
        found = rows(service.spec, service.file, covering(service), service.environ)
    if json_:
        click.echo(json.dumps(as_json(found), indent=2))
    elif sys.stdout.isatty():
        Console().print(_table(found))
    else:
        for row in found:
            ids = ",".join(row.covered_by) or "-"
            click.echo(f"{row.state}\t{row.operation}\t{ids}\t{row.assertion}\t{row.reason}")
    if incomplete(found):
        click.get_current_context().exit(1)


def covering(service: Target) -> dict[str, tuple[str, ...]]:
    """The ids of the properties that ask each operation and WebSocket, by its label."""
    asked = [prop for prop, each_operation in declared() if each_operation]
    sound = tuple(sorted(prop.id for prop in asked if prop.operations))
    broken = tuple(sorted(prop.id for prop in asked if prop.broken))
    talking = tuple(sorted(prop.id for prop in asked if prop.sockets))
    found = {operation.label: sound for operation in service.spec.operations}
    found |= {socket.label: talking for socket in service.spec.sockets}
    return found | {operation.label: broken for operation in service.spec.broken}


def _table(found: tuple[Row, ...]) -> Table:
    table = Table("State", "Operation", "Properties", "Minimal assertion", "Gate", "Reason")
    for row in found:
        state = f"[{_COLOURS[row.state]}]{row.state}[/]"
        ids = ", ".join(row.covered_by)
        cells = (row.operation, ids, row.assertion, row.gate, row.reason)
        table.add_row(state, *(each.replace("[", r"\[") for each in cells))
    return table
