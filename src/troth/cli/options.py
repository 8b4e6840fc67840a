"""The options with which every command names its target, and the way to open it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

import click
from hypothesis import settings

from troth.opening import open_target
from troth.profile import active, register
from troth.target import Target

Function = TypeVar("Function", bound=Callable[..., Any])


def target_options(function: Function) -> Function:
    """``--target FILE`` and ``--target-url URL``; neither means the embedded reference service."""
    file = click.option("--target", metavar="FILE", help="TOML file that describes the service.")
    url = click.option(
        "--target-url", metavar="URL", help="Address of a service, or of its document."
    )
    return file(url(function))


@contextmanager
def opened(
    target: str | None, target_url: str | None, *, profile: str = "smoke"
) -> Iterator[Target]:
    """The target, under the gentlest profile by default; closed at the end. Raises UsageError."""
    register()
    settings.load_profile(profile)
    options: dict[str, Any] = {
        "target": target,
        "target_url": target_url,
        "operation": [],
        "budget": None,
        "evidence": None,
    }
    open_ = open_target(options, profile=active())
    try:
        yield open_
    finally:
        open_.close()
