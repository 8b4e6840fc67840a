"""``troth evidence``: what can be done with the evidence of a run."""

from pathlib import Path

import click

from troth.evidence.manifest import verify as differences


@click.group()
def evidence() -> None:
    """Look after the evidence of runs."""


@evidence.command()
@click.argument("directory", type=click.Path(path_type=Path))
def verify(directory: Path) -> None:
    """Compare every file of DIRECTORY with its manifest; exit 1 when anything differs."""
    wrong = differences(directory)
    for line in wrong:
        click.echo(line)
    if wrong:
        click.get_current_context().exit(1)
    click.echo(f"{directory}: every file is as its manifest says")
