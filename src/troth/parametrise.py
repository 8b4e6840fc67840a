"""What one property is asked of: operations, WebSockets, and what the document describes badly."""

from collections.abc import Iterable

import pytest

from troth.prop import Property
from troth.spec.operation import BrokenOperation, Operation, Socket
from troth.target import Target

Asked = Operation | Socket | BrokenOperation


def parameters(declared: Property, target: Target) -> list[object]:
    """A parameter each, skipped with its reason where it is not to be sent; never none."""
    every = [each for each in _all(declared, target) if target.asked(each)]
    if every:
        return [_parameter(each, target) for each in every]
    reason = "no operation was asked for"
    if not any(_all(declared, target)):
        reason = f"the document describes no {'operation' if declared.operations else 'WebSocket'}"
    return [pytest.param(None, marks=pytest.mark.skip(reason=reason))]


def _all(declared: Property, target: Target) -> Iterable[Asked]:
    if declared.operations:
        yield from target.spec.operations
    if declared.sockets:
        yield from target.spec.sockets
    if declared.broken:
        yield from target.spec.broken


def _parameter(asked: Asked, target: Target) -> object:
    reason = None if isinstance(asked, BrokenOperation) else target.closed(asked)
    marks = [pytest.mark.skip(reason=reason)] if reason else []
    return pytest.param(asked, id=asked.label, marks=marks)
