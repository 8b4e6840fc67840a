"""Traces arrive at a real OTLP/HTTP receiver: one server span a request, and nothing secret."""

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from tests.reference.live import EMAILS, PASSWORDS
from tests.reference.test_process import process

pytestmark = pytest.mark.otlp

OURS = "TROTH_REFERENCE_OTLP_ENDPOINT"
INCOMING = "0af7651916cd43dd8448eb211c80319c"
PARENT = "b7ad6b7169203331"


class Collector:
    """What was received."""

    def __init__(self) -> None:
        self.url = ""
        self.received: queue.Queue[ExportTraceServiceRequest] = queue.Queue()

    def all(self) -> tuple[list[Span], bytes]:
        """All spans that have come, and all bytes."""
        spans, raw = [], b""
        while not self.received.empty():
            request = self.received.get()
            raw += request.SerializeToString()
            for resource in request.resource_spans:
                about = {each.key: each.value.string_value for each in resource.resource.attributes}
                assert about["service.name"] == "troth-reference"
                spans += [span for scope in resource.scope_spans for span in scope.spans]
        return spans, raw


@pytest.fixture
def collector() -> Iterator[Collector]:
    found = Collector()

    class Receiver(BaseHTTPRequestHandler):
        def do_POST(self):
            assert self.path == "/v1/traces"
            assert self.headers["Content-Type"] == "application/x-protobuf"
            body = self.rfile.read(int(self.headers["Content-Length"]))
            found.received.put(ExportTraceServiceRequest.FromString(body))
            answer = ExportTraceServiceResponse().SerializeToString()
            self.send_response(200)
            self.send_header("Content-Type", "application/x-protobuf")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_):
            """Not to stderr."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Receiver) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_port}"
        try:
            yield found
        finally:
            server.shutdown()


@contextmanager
def served(**env: str) -> Iterator[tuple[httpx.Client, list[dict[str, object]]]]:
    """A process that is ended by SIGTERM; its log is complete when the block has ended."""
    records: list[dict[str, object]] = []
    with process(**env) as (url, child, lines):
        with httpx.Client(base_url=url, timeout=60) as client:
            yield client, records
        child.send_signal(signal.SIGTERM)
        out, err = child.communicate(timeout=60)
        assert child.returncode == 0
        assert err == ""
        records += [json.loads(line) for line in [*lines, *out.splitlines()]]


def attributes(span: Span) -> dict[str, object]:
    return {
        each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes
    }


@pytest.mark.parametrize("variable", [OURS, "OTEL_EXPORTER_OTLP_ENDPOINT"])
def test_one_server_span_a_request_with_its_statements_below(collector, variable):
    context = f"00-{INCOMING}-{PARENT}-01"
    body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
    with served(**{variable: collector.url}) as (client, records):
        pair = client.post("/api/v1/auth/token", json=body).json()
        headers = {"Authorization": f"Bearer {pair['access_token']}"}
        asked = f"/api/v1/conversations?limit=1&token={pair['access_token']}"
        client.get(asked, headers=headers)
        me = client.get("/api/v1/auth/me", headers=headers | {"traceparent": context})
        client.get("/api/v1/auth/me", headers={"traceparent": "00-nonsense-01"})
        client.get(f"/nothing/{pair['refresh_token']}")
        client.request("BREW", "/health")
    # All of them, although nobody waited: the rest is sent when the service ends.
    spans, raw = collector.all()
    servers = [each for each in spans if each.kind == Span.SPAN_KIND_SERVER]
    heard = [(each.name, attributes(each).get("http.response.status_code")) for each in servers]
    assert sorted(heard) == [
        ("GET", 404),
        ("GET /api/v1/auth/me", 200),
        ("GET /api/v1/auth/me", 401),
        ("GET /api/v1/conversations", 200),
        ("HTTP /health", 405),
        ("POST /api/v1/auth/token", 200),
    ]
    joined = [each for each in servers if each.trace_id.hex() == INCOMING]
    assert [each.parent_span_id.hex() for each in joined] == [PARENT]
    said = attributes(joined[0])
    assert said["troth.correlation_id"] == me.headers["x-correlation-id"]
    assert said["http.request.method"] == "GET"
    assert said["http.route"] == "/api/v1/auth/me"
    others = {each.trace_id for each in servers} - {joined[0].trace_id}
    assert len(others) == len(servers) - 1
    below = [each for each in spans if each.parent_span_id == joined[0].span_id]
    assert below
    for each in below:
        assert each.kind == Span.SPAN_KIND_CLIENT
        assert attributes(each) == {"db.system.name": "sqlite", "db.operation.name": each.name}
        assert each.trace_id == joined[0].trace_id
    assert len({each.span_id for each in spans}) == len(spans)
    logged = [each for each in records if each.get("trace_id") == INCOMING]
    assert [each["correlation_id"] for each in logged] == [me.headers["x-correlation-id"]]
    secrets = [PASSWORDS["alice"], EMAILS["alice"], *pair.values(), "nonsense", "limit=1"]
    assert [each for each in secrets if str(each).encode() in raw and len(str(each)) > 6] == []


def test_a_collector_that_is_not_there_disturbs_nothing_and_is_said_once():
    nowhere = {
        OURS: "http://127.0.0.1:1",
        "OTEL_BSP_SCHEDULE_DELAY": "20",
    }
    with served(**nowhere) as (client, records):
        for _ in range(50):
            assert client.get("/health").status_code == 200
    about = [each for each in records if str(each["event"]).startswith("otlp")]
    assert [each["event"] for each in about] == ["otlp.lost"]
    assert {each["logger"] for each in records if each["level"] in ("warning", "error")} <= {
        "troth.reference"
    }


def test_a_fault_is_an_error_with_its_type(collector):
    broken = {
        OURS: collector.url,
        "TROTH_REFERENCE_AI_PROVIDER": "outage",
    }
    body = {"email": EMAILS["alice"], "password": PASSWORDS["alice"]}
    with served(**broken) as (client, _):
        token = client.post("/api/v1/auth/token", json=body).json()["access_token"]
        headers = {"Authorization": f"Bearer {token}"}
        asked = client.post("/api/v1/chat", json={"message": "?"}, headers=headers)
    assert asked.status_code == 503
    spans, _ = collector.all()
    (failed,) = [each for each in spans if each.name == "POST /api/v1/chat"]
    assert failed.status.code == Status.STATUS_CODE_ERROR
    assert attributes(failed)["error.type"] == "503"


def test_without_an_endpoint_neither_sdk_nor_exporter_is_imported():
    code = (
        "import sys; from troth.reference.app import create_app;"
        "from troth.reference.settings import Settings; create_app(Settings());"
        "print([name for name in sys.modules if name.startswith(('opentelemetry.sdk',"
        "'opentelemetry.exporter'))])"
    )
    env = {name: value for name, value in os.environ.items() if "OTLP" not in name}
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=env
    )
    assert done.stdout.strip() == "[]"
