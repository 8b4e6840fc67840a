"""Exports spans over OTLP/HTTP, with the attributes of OpenTelemetry's semantic conventions.

What a request or a statement carries stays out of them: no path, query, header or parameter.
"""

import logging
from collections.abc import Iterator, MutableMapping, Sequence
from contextlib import contextmanager
from typing import Any

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor, SpanExporter, SpanExportResult
from opentelemetry.trace import Span, SpanKind, Status, StatusCode, get_current_span, use_span
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from sqlalchemy import Engine, event

from troth.reference.logs import log
from troth.reference.trace import Trace

_PATIENCE = 3.0
"""Seconds that one export may take, with its repetitions."""
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_CONTEXT = TraceContextTextMapPropagator()
_OPEN = "troth.spans"


class _Said(SpanExporter):
    """Says once that the collector cannot be reached, and once that it can again."""

    def __init__(self, endpoint: str) -> None:
        url = f"{endpoint.rstrip('/')}/v1/traces"
        self._exporter = OTLPSpanExporter(endpoint=url, timeout=_PATIENCE)
        self._failing = False
        self.closing = False

    def export(self, spans: Sequence[ReadableSpan]) -> SpanExportResult:
        """Send them; what cannot be sent is gone."""
        if self._failing and self.closing:
            return SpanExportResult.FAILURE  # nobody waits for that at the end
        try:
            result = self._exporter.export(spans)
        except Exception as error:  # noqa: BLE001 - said below; spans are never worth a fault
            result = SpanExportResult.FAILURE
            log(logging.DEBUG, "otlp.failed", exc_info=error)
        failing = result is not SpanExportResult.SUCCESS
        if failing != self._failing:
            self._failing = failing
            level, what = (logging.WARNING, "lost") if failing else (logging.INFO, "resumed")
            log(level, f"otlp.{what}")
        return result

    def shutdown(self) -> None:
        """Let go of connections."""
        self._exporter.shutdown()  # type: ignore[no-untyped-call]

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Nothing is kept here."""
        return self._exporter.force_flush(timeout_millis)


class Exported:
    """Spans that go to a collector, in batches, by a thread of their own."""

    def __init__(self, endpoint: str) -> None:
        # It says each failure of each batch, and its repetitions; we say it once.
        logging.getLogger("opentelemetry").setLevel(logging.CRITICAL)
        resource = Resource.create({"service.name": "troth-reference", "service.version": "1.0.0"})
        self._provider = TracerProvider(resource=resource, shutdown_on_exit=False)
        self._exporter = _Said(endpoint)
        self._provider.add_span_processor(BatchSpanProcessor(self._exporter))
        self._tracer = self._provider.get_tracer("troth.reference")

    @contextmanager
    def serving(self, scope: MutableMapping[str, Any], trace: Trace) -> Iterator[None]:
        """A server span, which goes on with the caller's trace where there is one."""
        offered = [value for name, value in scope["headers"] if name == b"traceparent"]
        carrier = {"traceparent": offered[0].decode("latin-1")} if len(offered) == 1 else {}
        method = scope.get("method", "GET")
        known = method if method in _METHODS else "_OTHER"
        span = self._tracer.start_span(
            known if known == method else "HTTP",
            context=_CONTEXT.extract(carrier),
            kind=SpanKind.SERVER,
            attributes={
                "http.request.method": known,
                "url.scheme": scope["scheme"],
                "network.protocol.version": scope["http_version"],
                "troth.correlation_id": trace.correlation_id,
            },
        )
        trace.trace_id = format(span.get_span_context().trace_id, "032x")
        try:
            with use_span(span, record_exception=False, set_status_on_exception=False):
                yield
        finally:
            _finish(span, trace)

    def watch(self, engine: Engine) -> None:
        """A client span for each statement of a request."""
        system = engine.dialect.name

        def begin(connection: Any, _: Any, statement: str, *__: Any) -> None:
            # What belongs to no request, as background work does, would be a trace of one span.
            if get_current_span().is_recording():
                operation = statement.split(None, 1)[0].upper()
                attributes = {"db.system.name": system, "db.operation.name": operation}
                span = self._tracer.start_span(
                    operation, kind=SpanKind.CLIENT, attributes=attributes
                )
                connection.info.setdefault(_OPEN, []).append(span)

        def end(connection: Any, *_: Any) -> None:
            for span in connection.info.pop(_OPEN, ()):
                span.end()

        def fail(context: Any) -> None:
            for span in context.connection.info.pop(_OPEN, ()) if context.connection else ():
                span.set_attribute("error.type", type(context.original_exception).__name__)
                span.set_status(Status(StatusCode.ERROR))
                span.end()

        event.listen(engine, "before_cursor_execute", begin)
        event.listen(engine, "after_cursor_execute", end)
        event.listen(engine, "handle_error", fail)

    def close(self) -> None:
        """Send what has not been sent, as far as there is somebody who takes it."""
        self._exporter.closing = True
        self._provider.shutdown()


def _finish(span: Span, trace: Trace) -> None:
    if trace.template is not None:
        span.set_attribute("http.route", trace.template)
        method = trace.method if trace.method in _METHODS else "HTTP"
        span.update_name(f"{method} {trace.template}")
    if trace.status:
        span.set_attribute("http.response.status_code", trace.status)
    if trace.status >= 500 or not trace.status:
        span.set_attribute("error.type", trace.fault or str(trace.status or "aborted"))
        span.set_status(Status(StatusCode.ERROR))
    span.end()
