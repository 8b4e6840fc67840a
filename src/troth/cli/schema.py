"""``troth schema``: the JSON Schema of a target file, for editors."""

import json

import click

from troth.config.file import TargetFile


@click.command()
def schema() -> None:
    """Print the JSON Schema of a target file."""
    document = TargetFile.model_json_schema(by_alias=True)
    document["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    click.echo(json.dumps(document, indent=2))
