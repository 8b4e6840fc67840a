"""``troth run``: pytest on troth's own suites, wherever they are installed."""

import os
import subprocess
import sys
from pathlib import Path

import click

from troth.cli.suites import NAMES, available, folder, packaged


@click.command(
    context_settings={
        "ignore_unknown_options": True,
        "allow_interspersed_args": False,
        "help_option_names": ["--help"],
    }
)
@click.argument(
    "arguments", nargs=-1, type=click.UNPROCESSED, metavar="[SUITE]... [PYTEST ARGS]..."
)
def run(arguments: tuple[str, ...]) -> None:
    """Ask a service whether it keeps its word.

    SUITE is `fuzz` (default: every suite there is); all the rest goes to pytest:

      troth run fuzz --target-url http://127.0.0.1:8000 --profile ci
    """
    command = [sys.executable, "-m", "pytest", *arguments_of_pytest(arguments)]
    sys.stdout.flush()
    if os.name == "nt":
        sys.exit(subprocess.call(command))  # noqa: S603 - our own interpreter
    os.execv(command[0], command)  # noqa: S606 - Ctrl-C and the exit code are pytest's own


PROFILE = "--profile"


def _profile(argument: str) -> str:
    """``--profile`` is short for the option of Hypothesis's own."""
    name, sign, value = argument.partition("=")
    return f"--hypothesis-profile{sign}{value}" if name == PROFILE else argument


def arguments_of_pytest(arguments: tuple[str, ...]) -> list[str]:
    """What pytest is given for the arguments of ``troth run``. Raises UsageError."""
    names = []
    for argument in arguments:
        if argument not in NAMES:
            break
        names.append(argument)
    rest = list(arguments[len(names) :])
    if rest[:1] == ["--"]:
        del rest[0]  # What ends a command's own options; pytest would take all after it for files.
    folders = [folder(name) for name in names or available()]
    rest = [_profile(each) for each in rest]
    options = ["-p", "no:schemathesis", "--import-mode=importlib"]
    if any(packaged(each) for each in folders):
        # The configuration of the project that happens to be around is about its own tests,
        # and pytest's cache must not land among the installed packages.
        options += ["-c", os.devnull, f"--rootdir={Path.cwd()}", "--pyargs"]
        return [*options, *(f"troth.suites.{each.name}" for each in folders), *rest]
    return [*options, *map(str, folders), *rest]
