"""The outermost layer: correlation, the headers of all responses, the last 500, the access log."""

import logging
import time

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.reference.logs import log
from troth.reference.metrics import Metrics
from troth.reference.problems import ProblemError, render
from troth.reference.trace import Trace, begin


class Edge:
    """Wraps the application; nothing leaves the service but through here."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        trace = begin(scope)
        status = 0

        async def out(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                _stamp(MutableHeaders(scope=message), trace)
            await send(message)

        try:
            await self._app(scope, receive, out)
        except Exception as error:
            trace.fault = type(error).__name__
            log(logging.ERROR, "unhandled", exc_info=error, correlation_id=trace.correlation_id)
            if status:
                raise
            # Answered here, not by re-raising: the connection stays usable.
            await render(ProblemError(500), trace.correlation_id)(scope, receive, out)
        finally:
            self._record(scope["method"], trace, status)

    def _record(self, method: str, trace: Trace, status: int) -> None:
        seconds = time.perf_counter() - trace.started
        self._metrics.observe(method, trace.template or "unmatched", status, seconds)
        log(
            logging.INFO,
            "request",
            correlation_id=trace.correlation_id,
            method=method,
            route=trace.template,
            status=status,
            duration_ms=round(seconds * 1000, 3),
            principal=trace.principal,
            fault=trace.fault,
        )


def _stamp(headers: MutableHeaders, trace: Trace) -> None:
    headers["X-Correlation-Id"] = trace.correlation_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", "no-store")
    if trace.quota is not None:
        headers.update(trace.quota.headers())
