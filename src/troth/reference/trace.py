"""What is known of one request while it is served: correlation id, template, principal, quota."""

import re
import time
from collections.abc import MutableMapping
from dataclasses import dataclass, field
from typing import Any, cast
from uuid import uuid4

from troth.reference.limits import Quota
from troth.reference.timing import Tally

ACCEPTED = re.compile(r"[A-Za-z0-9-]{8,64}")
_KEY = "troth.trace"


@dataclass(slots=True)
class Trace:
    """One request's facts, filled in on its way inward and read on its way out."""

    correlation_id: str
    started: float = field(default_factory=time.perf_counter)
    template: str | None = None
    principal: str | None = None
    quota: Quota | None = None
    fault: str | None = None
    sql: Tally = field(default_factory=Tally)
    method: str = "GET"
    status: int = 0
    """What was answered; 0 where nothing was."""
    trace_id: str | None = None
    """Of the distributed trace that this request is part of, where spans are collected."""


def begin(scope: MutableMapping[str, Any]) -> Trace:
    """Start the trace; a client's correlation id is taken only where it is one and well formed."""
    offered = [value for name, value in scope["headers"] if name == b"x-correlation-id"]
    text = offered[0].decode("latin-1") if len(offered) == 1 else ""
    trace = Trace(text if ACCEPTED.fullmatch(text) else uuid4().hex)
    trace.method = scope.get("method", "GET")
    scope[_KEY] = trace
    return trace


def trace_of(scope: MutableMapping[str, Any]) -> Trace:
    """The trace of the request that this scope belongs to."""
    return cast("Trace", scope[_KEY])
