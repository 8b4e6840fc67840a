"""Log records that a service sends over OTLP/HTTP, in protobuf or JSON, to a listener of ours."""

import gzip
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from troth.errors import UsageError

PATH = "/v1/logs"
LONGEST = 16 * 1024 * 1024  # bytes of one export


class Collector:
    """Listens on loopback until it is closed; a record is a line of JSON."""

    name = "records over OTLP"

    def __init__(self, port: int = 0) -> None:
        self._lines: list[str] = []
        self._lock = threading.Lock()
        try:
            self._server = ThreadingHTTPServer(("127.0.0.1", port), self._listener())
        except OSError as error:
            raise UsageError(
                f"[target] logs: port {port} is taken ({error.strerror}); give another `otlp`"
            ) from error
        serve = partial(self._server.serve_forever, poll_interval=0.05)
        self._thread = threading.Thread(target=serve, daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """What an exporter's endpoint is; ``/v1/logs`` is below it."""
        return f"http://127.0.0.1:{self._server.server_port}"

    def mark(self) -> int:
        """How many records there have been."""
        with self._lock:
            return len(self._lines)

    def since(self, mark: int) -> list[str]:
        """The records after ``mark``."""
        with self._lock:
            return self._lines[mark:]

    def close(self) -> None:
        """Listen no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def take(self, media_type: str, body: bytes) -> None:
        """One export. Raises ValueError when it is none."""
        lines = [json.dumps(each, ensure_ascii=False) for each in records(media_type, body)]
        with self._lock:
            self._lines += lines

    def _listener(self) -> type[BaseHTTPRequestHandler]:
        collector = self

        class Listener(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                """Logs are kept; traces and metrics are welcome, and passed over."""
                length = min(int(self.headers.get("Content-Length") or 0), LONGEST)
                body = self.rfile.read(length)
                kind = (self.headers.get("Content-Type") or "").split(";")[0].strip()
                status = 200
                if self.path.split("?")[0] == PATH:
                    try:
                        if self.headers.get("Content-Encoding") == "gzip":
                            body = gzip.decompress(body)
                        collector.take(kind, body)
                    except (ValueError, OSError, EOFError):
                        status = 400
                answer = b"{}" if kind == "application/json" else b""
                self.send_response(status)
                self.send_header("Content-Type", kind or "application/json")
                self.send_header("Content-Length", str(len(answer)))
                self.end_headers()
                self.wfile.write(answer)

            def log_message(self, format: str, *arguments: Any) -> None:
                """Say nothing."""

        return Listener


def records(media_type: str, body: bytes) -> Iterator[dict[str, Any]]:
    """The records of an `ExportLogsServiceRequest`. Raises ValueError."""
    request = _json(body) if media_type == "application/json" else _protobuf(body)
    for resource in request.get("resourceLogs", ()):
        for scope in resource.get("scopeLogs", ()):
            for each in scope.get("logRecords", ()):
                pairs = (
                    (one.get("key", ""), one.get("value")) for one in each.get("attributes", ())
                )
                yield {
                    "severity": each.get("severityText", ""),
                    "body": _plain(each.get("body")),
                    "attributes": {key: _plain(value) for key, value in pairs},
                    "trace_id": each.get("traceId", ""),
                }


def _json(body: bytes) -> dict[str, Any]:
    value = json.loads(body)
    if not isinstance(value, dict):
        raise ValueError("no object")  # noqa: TRY004 - the caller answers 400 to either
    return value


def _protobuf(body: bytes) -> dict[str, Any]:
    try:
        from google.protobuf.json_format import MessageToDict  # noqa: PLC0415 - of an extra
        from google.protobuf.message import DecodeError  # noqa: PLC0415
        from opentelemetry.proto.collector.logs.v1 import logs_service_pb2  # noqa: PLC0415
    except ImportError as error:
        raise UsageError(
            "[target] logs: OTLP in protobuf needs the extra `otlp`: pip install 'troth[otlp]'"
        ) from error
    request = logs_service_pb2.ExportLogsServiceRequest()
    try:
        request.ParseFromString(body)
    except DecodeError as error:
        raise ValueError(str(error)) from error
    found: dict[str, Any] = MessageToDict(request)
    return found


def _plain(value: Any) -> Any:
    """An `AnyValue` as JSON."""
    if not isinstance(value, dict):
        return value
    if "arrayValue" in value:
        return [_plain(each) for each in value["arrayValue"].get("values", ())]
    if "kvlistValue" in value:
        pairs = value["kvlistValue"].get("values", ())
        return {each.get("key", ""): _plain(each.get("value")) for each in pairs}
    return next(iter(value.values()), None)
