"""``troth schema``: the JSON Schema of a target file, for editors."""

import click

from troth.config.schema import text


@click.command()
def schema() -> None:
    """Print the JSON Schema of a target file."""
    click.echo(text(), nl=False)
