"""The ``troth`` command: its subcommands, and how each of them ends."""

import os
import sys
from collections.abc import Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

from troth.errors import UsageError

COMMANDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "init": "Write a first target file for a service.",
        "check": "Say what a target file lets troth ask, and what it lacks.",
        "run": "Ask a service whether it keeps its word.",
        "serve": "Start the reference service and say who may log in.",
        "replay": "Send a finding again: does it still fail?",
        "matrix": "Print what is asked, what is left out, and why.",
        "roles": "Take what roles were served in a run for reviewed.",
        "evidence": "Look after the evidence of runs.",
        "schema": "Print the JSON Schema of a target file.",
    }
)


class Commands(click.Group):
    """Imports a command when it is called: what generates input takes a second to import."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        found = getattr(import_module(f"troth.cli.{cmd_name}"), cmd_name)
        return found if isinstance(found, click.Command) else None

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The table, without importing any of them."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="troth", prog_name="troth")
def troth() -> None:
    """Ask whether an HTTP service keeps the word it gives in its OpenAPI document."""


def main() -> None:
    """Runs the command line. Bad input is one line on stderr and exit code 2; Ctrl-C is 130."""
    try:
        code = troth.main(prog_name="troth", standalone_mode=False)
    except UsageError as error:
        _say(f"troth: {error}")
        code = 2
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        code = 2
    except click.ClickException as error:
        context = getattr(error, "ctx", None)
        where = f" (see `{context.command_path} --help`)" if context is not None else ""
        _say(f"troth: {error.format_message()}{where}")
        code = error.exit_code
    except (KeyboardInterrupt, click.Abort):
        _say("troth: interrupted")
        code = 130
    except BrokenPipeError:
        # Whoever read our output has gone; Python would complain again when it flushes.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


def _say(line: str) -> None:
    click.echo(line, err=True)
