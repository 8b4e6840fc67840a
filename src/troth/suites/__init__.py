"""The suites. In a wheel they lie here; in a checkout they are folders beside `src`."""

import re
from collections.abc import Iterable
from pathlib import Path

MARK = re.compile(r"^@prop\(", re.MULTILINE)


def named(args: Iterable[str], start: Path, *, pyargs: bool) -> bool:
    """Whether ``args`` of pytest name a test of troth: a package of suites, or a file or folder
    that declares a property. `pytest tests` must not start a service.
    """
    return any(_names(arg.split("::")[0], start, pyargs=pyargs) for arg in args)


def _names(arg: str, start: Path, *, pyargs: bool) -> bool:
    if pyargs and (arg == __name__ or arg.startswith(__name__ + ".")):
        return True
    path = start / arg
    files = [path] if path.is_file() else sorted(path.glob("test_*.py"))
    return any(
        MARK.search(file.read_text("utf-8", "replace")) for file in files if file.suffix == ".py"
    )
