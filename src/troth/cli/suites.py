"""Where the suites are: beside ``src`` in a checkout, in the wheel everywhere else."""

import importlib.util
import inspect
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Final

from troth import suites
from troth.errors import UsageError
from troth.prop import Property

NAMES: Final = ("fuzz", "properties", "security")

_PACKAGED: Final = Path(suites.__file__).parent
_CHECKOUT: Final = _PACKAGED.parents[2]


def folder(name: str) -> Path:
    """The folder of a suite. Raises UsageError when this troth has none of that name."""
    # A checkout comes first: an editable install may hold a stale copy.
    if (_CHECKOUT / "pyproject.toml").is_file() and (_CHECKOUT / name / "__init__.py").is_file():
        return _CHECKOUT / name
    if (_PACKAGED / name / "__init__.py").is_file():
        return _PACKAGED / name
    known = ", ".join(available()) or "none"
    raise UsageError(f"there is no suite `{name}` in this troth; it has: {known}")


def available() -> tuple[str, ...]:
    """The suites that are there."""
    return tuple(
        name
        for name in NAMES
        if any((root / name / "__init__.py").is_file() for root in (_PACKAGED, _CHECKOUT))
    )


def packaged(path: Path) -> bool:
    """Whether a suite's folder lies in the installed package."""
    return path.is_relative_to(_PACKAGED)


def declared() -> Iterator[tuple[Property, bool]]:
    """Every property of every suite, and whether it is asked of one operation after the other."""
    yield from ((prop, "operation" in arguments) for _, prop, arguments in asked())


def asked() -> Iterator[tuple[str, Property, tuple[str, ...]]]:
    """Every property with its suite before it, and the names of its test's arguments."""
    for name in available():
        for path in sorted(folder(name).glob("test_*.py")):
            module = _module(f"troth_suite_{name}_{path.stem}", path)
            for value in vars(module).values():
                prop = getattr(value, "troth_property", None)
                if isinstance(prop, Property):
                    yield name, prop, tuple(inspect.signature(_inner(value)).parameters)


def _inner(test: Callable[..., object]) -> Callable[..., object]:
    """The function as it was written: Hypothesis puts it behind a wrapper."""
    hypothesis = getattr(test, "hypothesis", None)
    inner: Callable[..., object] = getattr(hypothesis, "inner_test", test)
    return inner


def _module(name: str, path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise UsageError(f"{path} cannot be imported; is troth installed whole?")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
