"""Spans of requests and of their SQL, for whoever collects them: the seam, and the want of it."""

import importlib
from collections.abc import MutableMapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol, cast

from sqlalchemy import Engine

from troth.reference.settings import Settings
from troth.reference.trace import Trace


class Spans(Protocol):
    """Where spans go."""

    def serving(self, scope: MutableMapping[str, Any], trace: Trace) -> AbstractContextManager[Any]:
        """One span while the block lasts; at its end `trace` says what it was."""

    def watch(self, engine: Engine) -> None:
        """A child span for each statement."""

    def close(self) -> None:
        """Send what has not been sent."""


class NoSpans:
    """Nobody collects them."""

    def serving(self, scope: MutableMapping[str, Any], trace: Trace) -> AbstractContextManager[Any]:
        """Nothing."""
        del scope, trace
        return nullcontext()

    def watch(self, engine: Engine) -> None:
        """Nothing."""

    def close(self) -> None:
        """Nothing."""


def build(settings: Settings) -> Spans:
    """What the settings ask for."""
    if not settings.otlp_endpoint:
        return NoSpans()
    # OpenTelemetry is an extra, and slow to import: only whoever collects spans needs it.
    otlp = importlib.import_module("troth.reference.otlp")
    return cast("Spans", otlp.Exported(settings.otlp_endpoint))
