"""Services for the tests, which stop when the module that asked for them is done."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from tests.serving import process, static


@pytest.fixture(scope="module")
def services() -> Iterator[ExitStack]:
    """What is entered here is left at the end of the module."""
    with ExitStack() as stack:
        yield stack


@pytest.fixture(scope="module")
def serve(services: ExitStack) -> Callable[..., str]:
    """``serve("library:clean")`` starts `tests.apps.library.clean` and gives its address."""
    return lambda application, **env: services.enter_context(
        process("tests.apps.serve", f"tests.apps.{application}", env=env)
    )


@pytest.fixture(scope="module")
def serve_badly(services: ExitStack) -> Callable[[str], str]:
    """``serve_badly("hangs")`` starts the bad target of that mode and gives its address."""
    return lambda mode: services.enter_context(process("tests.apps.wire", mode))


@pytest.fixture(scope="module")
def serve_bytes(services: ExitStack) -> Callable[[bytes], str]:
    """``serve_bytes(b"…")`` has these bytes at `/openapi.json`."""
    return lambda content: services.enter_context(static(content))
