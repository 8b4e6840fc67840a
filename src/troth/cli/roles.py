"""``troth roles``: takes what roles were served in a run for reviewed."""

from pathlib import Path

import click

from troth.config.load import place_of_roles
from troth.config.places import conf_dir
from troth.errors import UsageError
from troth.evidence import manifest
from troth.evidence.directory import write_json
from troth.evidence.roles import NAME, accepted, changes, read_roles


@click.group()
def roles() -> None:
    """Look after what roles may do."""


@roles.command()
@click.option("--target", metavar="FILE", help="TOML file that describes the service.")
@click.option(
    "--evidence",
    "directory",
    type=click.Path(path_type=Path),
    help="Directory of the run, or of runs, of which the latest counts (default: evidence).",
)
@click.option("--dry-run", is_flag=True, help="Say what would change, and write nothing.")
def accept(target: str | None, directory: Path | None, *, dry_run: bool) -> None:
    """Take the roles.json of a run for reviewed: from now on it is what SEC321 compares with.

    It goes where `[policy] reviewed-roles` of the target file says. What the run did not ask stays
    as it was reviewed before.
    """
    file = Path(target) if target else conf_dir() / "target.toml"
    place = place_of_roles(file)
    run = _run(directory if directory is not None else Path("evidence"))
    wrong = [each for each in manifest.verify(run) if NAME in each or "did not finish" in each]
    if wrong:
        raise UsageError(f"{run} is not as its run left it: {wrong[0]}; run once more")
    name, seen = read_roles(run / NAME)
    before = read_roles(place) if place.exists() else (name, {})
    if before[0] != name:
        raise UsageError(
            f"{run / NAME} is about the target {name!r}, and {place} about {before[0]!r}; "
            "name the run with --evidence"
        )
    after = accepted(before[1], seen)
    lines = list(changes(before[1], after))
    for line in lines:
        click.echo(line)
    if not dry_run:
        write_json(place, {"target": name, "operations": after})
    what = "would change" if dry_run else "changed"
    click.echo(f"{place}: {len(lines)} {what}, of {len(after)} operations")


def _run(base: Path) -> Path:
    """The directory of a run: ``base``, or the latest one below it. Raises UsageError."""
    if (base / NAME).is_file():
        return base
    found = sorted((each.parent for each in base.glob(f"*/{NAME}")), key=lambda each: each.name)
    if not found:
        raise UsageError(
            f"there is no {NAME} in {base}; name the directory of a run with --evidence"
        )
    return found[-1]
