"""Runs the `troth` command within this process: one of its own would import everything anew."""

import os
import sys
from contextlib import ExitStack, chdir, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from io import StringIO
from unittest.mock import patch

from hypothesis import settings

from troth.cli import main


@dataclass(frozen=True)
class Done:
    """How it ended, and what it wrote."""

    returncode: int
    stdout: str
    stderr: str


def troth(*arguments, cwd, **env):
    """Run it in the folder ``cwd`` with ``env`` added, as a shell would, with nobody to ask."""
    out, error = StringIO(), StringIO()
    profile = settings.get_current_profile_name()
    with ExitStack() as stack:
        stack.callback(settings.load_profile, profile)
        stack.enter_context(patch.dict(os.environ, {"COLUMNS": "200", **env}))
        stack.enter_context(patch.object(sys, "argv", ["troth", *map(str, arguments)]))
        stack.enter_context(patch.object(sys, "stdin", StringIO()))
        stack.enter_context(chdir(cwd))
        stack.enter_context(redirect_stdout(out))
        stack.enter_context(redirect_stderr(error))
        try:
            main()
        except SystemExit as ended:
            code = ended.code
    return Done(code, out.getvalue(), error.getvalue())
