"""All planted defects by name: every module of this folder that is no part of the machinery."""

import importlib
import pkgutil
from difflib import get_close_matches
from pathlib import Path
from typing import Final

from troth.defects.defect import Defect
from troth.errors import UsageError

MACHINERY: Final = frozenset(
    {
        "__main__",
        "catalogue",
        "defect",
        "ask_warm",
        "detection",
        "errors",
        "log_lines",
        "origins",
        "planting",
        "serving",
        "warm",
        "window",
    }
)


def names() -> tuple[str, ...]:
    """The names of all defects, sorted, without importing them."""
    folder = str(Path(__file__).parent)
    found = {each.name for each in pkgutil.iter_modules([folder])}
    return tuple(sorted(found - MACHINERY))


def defect(name: str) -> Defect:
    """The defect called ``name``. Raises UsageError for an unknown one, and for a module that
    declares none or does not say what it is modelled on.
    """
    known = names()
    if name not in known:
        near = get_close_matches(name, known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else "`python -m troth.defects --list` has all"
        raise UsageError(f"unknown defect `{name}`; {hint}")
    module = importlib.import_module(f"troth.defects.{name}")
    found = getattr(module, "DEFECT", None)
    if not isinstance(found, Defect):
        raise UsageError(f"defects/{name}.py declares no defect; write DEFECT = Defect(…)")
    if not (module.__doc__ or "").strip():
        raise UsageError(f"defects/{name}.py has no docstring; say what a real service did")
    if not found.operations or not (found.caught_by or found.lookalike_of):
        raise UsageError(f"defects/{name}.py: say what catches it, and on which operations")
    if found.lookalike_of and (found.caught_by or found.clouds):
        raise UsageError(
            f"defects/{name}.py: a look-alike is caught by nothing, and clouds nothing"
        )
    if found.lookalike_of and found.lookalike_of not in set(known) - {name}:
        raise UsageError(f"defects/{name}.py: there is no defect `{found.lookalike_of}`")
    return found


def said(name: str) -> str:
    """The first line of what a real service did."""
    text = importlib.import_module(f"troth.defects.{name}").__doc__ or ""
    return text.strip().partition("\n")[0]
