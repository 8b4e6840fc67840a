"""`python -m troth.defects NAME --port N` serves the reference service with one defect planted."""

import click

from troth.defects.catalogue import defect, names, said
from troth.defects.serving import run
from troth.errors import UsageError


@click.command()
@click.argument("name", required=False)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, help="Port; 0 takes a free one.")
@click.option("--list", "listed", is_flag=True, help="Print all defects and what catches them.")
def main(name: str | None, host: str, port: int, *, listed: bool) -> None:
    """Serve the reference service with the defect NAME."""
    if listed:
        for each in names():
            found = defect(each)
            by = ", ".join(found.caught_by) or f"no fault, looks like {found.lookalike_of}"
            click.echo(f"{each}  [{by}]\n    {said(each)}")
        return
    if not name:
        raise click.UsageError("name a defect; --list has all")
    try:
        run(name, host, port)
    except UsageError as error:
        raise click.UsageError(str(error)) from error


if __name__ == "__main__":
    main(prog_name="python -m troth.defects")
