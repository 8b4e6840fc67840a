"""The outermost layer: correlation, the headers of all responses, the last 500, the access log."""

import logging
import time
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from troth.reference import timing
from troth.reference.logs import log
from troth.reference.metrics import Metrics
from troth.reference.problems import ProblemError, render
from troth.reference.stopping import Stopping
from troth.reference.trace import Trace, begin
from troth.reference.tracing import Spans
from troth.reference.unreachable import RETRY


class Edge:
    """Wraps the application; nothing leaves the service but through here."""

    def __init__(
        self, app: ASGIApp, metrics: Metrics, stopping: Stopping, spans: Spans, *, timed: bool
    ) -> None:
        self._app = app
        self._metrics = metrics
        self._stopping = stopping
        self._spans = spans
        self._timed = timed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or one WebSocket."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        trace = begin(scope)
        timing.count_into(trace.sql)
        serve = self._converse if scope["type"] == "websocket" else self._answer
        with self._spans.serving(scope, trace):
            await serve(scope, receive, send, trace)

    async def _answer(self, scope: Scope, receive: Receive, send: Send, trace: Trace) -> None:
        async def out(message: Message) -> None:
            if message["type"] == "http.response.start":
                trace.status = message["status"]
                self._stamp(MutableHeaders(scope=message), trace)
            await send(message)

        try:
            with self._stopping.bounded() as bound:
                await self._app(scope, receive, out)
            if bound.cancelled_caught and not trace.status:
                await render(ProblemError(503, headers=RETRY), trace.correlation_id)(
                    scope, receive, out
                )
        except Exception as error:
            trace.fault = type(error).__name__
            log(logging.ERROR, "unhandled", exc_info=error, correlation_id=trace.correlation_id)
            if trace.status:
                raise
            # Answered here, not by re-raising: the connection stays usable.
            await render(ProblemError(500), trace.correlation_id)(scope, receive, out)
        finally:
            self._record(trace)

    async def _converse(self, scope: Scope, receive: Receive, send: Send, trace: Trace) -> None:
        """One WebSocket: its handshake like a request, its end with a code."""
        code: int | None = None

        async def heard() -> Message:
            nonlocal code
            message = await receive()
            if message["type"] == "websocket.disconnect":
                code = code or message.get("code")
            return message

        async def out(message: Message) -> None:
            nonlocal code
            if message["type"] in ("websocket.accept", "websocket.http.response.start"):
                trace.status = message.get("status", 101)
                self._stamp(MutableHeaders(scope=message), trace)
            elif message["type"] == "websocket.close":
                code = message.get("code", 1000)
            await send(message)

        try:
            await self._app(scope, heard, out)
        except Exception as error:  # noqa: BLE001 - said in the log, and to the client by a code
            trace.fault = type(error).__name__
            log(logging.ERROR, "unhandled", exc_info=error, correlation_id=trace.correlation_id)
            if trace.status == 101 and code is None:
                await out({"type": "websocket.close", "code": 1011})
            elif not trace.status:
                await render(ProblemError(500), trace.correlation_id)(scope, receive, out)
        finally:
            self._record(trace, code)

    def _stamp(self, headers: MutableHeaders, trace: Trace) -> None:
        headers["X-Correlation-Id"] = trace.correlation_id
        headers["X-Content-Type-Options"] = "nosniff"
        headers.setdefault("Cache-Control", "no-store")
        if trace.quota is not None:
            headers.update(trace.quota.headers())
        trace.sql.close()
        if self._timed:
            headers[timing.HEADER] = timing.told(time.perf_counter() - trace.started, trace.sql)

    def _record(self, trace: Trace, closed: int | None = None) -> None:
        seconds = time.perf_counter() - trace.started
        route = trace.template or "unmatched"
        self._metrics.observe(trace.method, route, trace.status, seconds, trace.sql)
        joined: dict[str, Any] = {"trace_id": trace.trace_id} if trace.trace_id else {}
        log(
            logging.INFO,
            "request",
            correlation_id=trace.correlation_id,
            method=trace.method,
            route=trace.template,
            status=trace.status,
            duration_ms=round(seconds * 1000, 3),
            sql=trace.sql.statements,
            sql_ms=round(trace.sql.seconds * 1000, 3),
            principal=trace.principal,
            fault=trace.fault,
            closed=closed,
            **joined,
        )
