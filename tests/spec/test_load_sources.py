"""A document is found by URL, by file, as data and in an application; errors say what to do."""

import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from fastapi import FastAPI

from troth.errors import UsageError
from troth.exchange import Response
from troth.spec.discover import discover
from troth.spec.fetch import Unfetched, fetch
from troth.spec.load import load

GOOD = {
    "openapi": "3.1.0",
    "info": {"title": "Things", "version": "2"},
    "servers": [{"url": "/v1/"}],
    "paths": {"/things": {"get": {"operationId": "list", "responses": {"200": {}}}}},
}

YAML = """\
openapi: 3.0.3
info: {title: Odd, version: 2024-01-02}
paths:
  /things:
    get:
      summary: on
      parameters:
        - {name: at, in: query, schema: {type: string, default: 2020-05-06, example: 12:30:45}}
        - name: flag
          in: query
          schema: {type: string, enum: [yes, no, on, off, ~, true]}
      responses:
        200: {description: fine}
        default: {description: 010}
"""


@contextmanager
def serving(answers):
    """Serve ``{path: (status, media type, body[, headers])}`` on loopback; yields the address."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            status, kind, body, *more = answers.get(self.path, (404, "application/json", b"{}"))
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (more[0] if more else {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


JSON = "application/json"


def answering(status=200, body=b"", media_type=JSON, truncated=False):
    headers = (("Content-Type", media_type),)
    return lambda url: Response(status, headers, body, truncated=truncated)


def test_a_url_is_loaded_over_http():
    with serving({"/openapi.json": (200, JSON, GOOD)}) as (address, _):
        spec = load(f"{address}/openapi.json")
    assert (spec.title, spec.version, spec.openapi, spec.base_path) == (
        "Things",
        "2",
        "3.1.0",
        "/v1",
    )
    assert [each.label for each in spec.operations] == ["GET /things"]
    assert spec.source == f"{address}/openapi.json"
    assert len(spec.digest) == 64


def test_a_path_on_the_service_needs_the_address_of_the_service():
    with serving({"/docs/api.json": (200, JSON, GOOD)}) as (address, _):
        assert load("/docs/api.json", base_url=f"{address}/base").title == "Things"
    with pytest.raises(UsageError, match=r"file not found: `/docs/api\.json`"):
        load("/docs/api.json")


def test_the_digest_does_not_depend_on_order_or_notation(tmp_path):
    reordered = dict(reversed(GOOD.items()))
    written = tmp_path / "spec.json"
    written.write_text(json.dumps(GOOD, indent=3))
    assert load(GOOD).digest == load(reordered).digest == load(written).digest
    assert load(GOOD).digest != load({**GOOD, "info": {"title": "Other", "version": "2"}}).digest


def test_yaml_is_read_as_json_would_have_it(tmp_path):
    file = tmp_path / "odd.yaml"
    file.write_text(YAML)
    spec = load(str(file))
    assert spec.version == "2024-01-02"
    (operation,) = spec.operations
    assert list(operation.responses) == ["200", "default"]
    at, flag = operation.parameters
    assert at.schema["default"] == "2020-05-06"
    assert at.examples == ("12:30:45",)
    assert flag.schema["enum"] == ["yes", "no", "on", "off", None, True]
    assert operation.summary == "on"


def test_numbers_merge_keys_and_anchors_of_yaml(tmp_path):
    file = tmp_path / "anchors.yml"
    file.write_text(
        "openapi: 3.1\npaths:\n  /a:\n    get: &get\n      responses: {200: {description: a}}\n"
        "      x-numbers: [0x10, 0o10, 1e3, -2.5, .inf, 1_000, 007]\n"
        "    post:\n      <<: *get\n      operationId: b\n"
    )
    spec = load(file)
    assert spec.openapi == "3.1.0"
    assert spec.operation("b").label == "POST /a"
    numbers = spec.operation("GET /a").raw["x-numbers"]
    assert numbers == [16, 8, 1000.0, -2.5, float("inf"), "1_000", 7]


def test_an_application_is_asked_for_its_document():
    app = FastAPI(title="App")
    app.get("/items/{item_id}")(lambda item_id: item_id)
    spec = load(app)
    assert spec.title == "App"
    assert [each.label for each in spec.operations] == ["GET /items/{item_id}"]


def test_an_application_is_imported_by_name(tmp_path, monkeypatch):
    (tmp_path / "asgi_of_test.py").write_text(
        "import json\n"
        f"document = {GOOD!r}\n"
        "async def app(scope, receive, send):\n"
        "    found = scope['path'] == '/openapi.json'\n"
        "    body = json.dumps(document).encode() if found else b''\n"
        "    await send({'type': 'http.response.start', 'status': 200, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': body})\n"
        "async def silent(scope, receive, send):\n"
        "    await send({'type': 'http.response.start', 'status': 404, 'headers': []})\n"
        "    await send({'type': 'http.response.body', 'body': b''})\n"
        "async def failing(scope, receive, send):\n"
        "    raise RuntimeError('no database')\n"
        "number = 7\n"
    )
    monkeypatch.chdir(tmp_path)
    assert load("asgi_of_test:app").title == "Things"
    for name, message in {
        "asgi_of_test:silent": "answered 404",
        "asgi_of_test:failing": "no database",
        "asgi_of_test:number": "no ASGI application",
        "asgi_of_test:absent": "has no `absent`",
        "no_such_module_here:app": "can not be imported",
    }.items():
        with pytest.raises(UsageError, match=message):
            load(name)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<!doctype html><html></html>", "HTML or XML.*name the document itself"),
        (b"", "is empty"),
        (b'{"openapi": "3.0.0",\n "paths": }', "line 2, column 11"),
        (b"openapi: [1\npaths: {", r"not YAML: line \d+, column \d+"),
        (b"\xff\xfe\x00", "no text in UTF-8"),
        (b'{"detail": "Not Found"}', "no member `openapi`, only `detail`"),
        (b"[1, 2]", "holds a list"),
        (b"just text", "holds a str"),
        (b'{"swagger": "2.0", "paths": {}}', "Swagger 2.0.*Convert it"),
        (b'{"openapi": "4.0.0", "paths": {}}', "unknown version `4.0.0`"),
        (b'{"openapi": "3.10.0", "paths": {}}', "unknown version"),
        (b'{"openapi": "3.0.0"}', "/paths is absent"),
        (b'{"openapi": "3.0.0", "paths": {}}', "/paths is empty"),
        (b'{"openapi": "3.0.0", "paths": []}', "/paths is a list"),
        (b'{"openapi": "3.0.0", "paths": {"/a": {}}}', "describes no operation"),
        (b"a: &a\n  b: *a\n", "contains itself"),
    ],
)
def test_what_is_no_document_is_said(body, message):
    with pytest.raises(UsageError, match=f"(?s){message}") as caught:
        load("http://service.test/openapi.json", fetch=answering(body=body))
    assert "http://service.test/openapi.json" in str(caught.value)


def test_http_failures_are_said():
    with pytest.raises(UsageError, match=r"answered 404; check the address"):
        load("http://service.test/x", fetch=answering(404))
    with pytest.raises(UsageError, match=r"answered 401; the document needs a credential"):
        load("http://service.test/x", fetch=answering(401))
    with pytest.raises(UsageError, match="larger than"):
        load("http://service.test/x", fetch=answering(body=b"{", truncated=True))


def test_an_address_where_nothing_listens_is_said():
    with serving({}) as (address, _):
        pass
    with pytest.raises(UsageError, match=r"can not be reached: .*refused.*check the address"):
        load(f"{address}/openapi.json")


def test_fetching_is_bounded_in_size_and_follows_redirects():
    moved = (307, JSON, b"", {"Location": "/there"})
    with serving({"/here": moved, "/there": (200, JSON, GOOD)}) as (address, _):
        assert load(f"{address}/here").title == "Things"
        with pytest.raises(Unfetched, match="larger than 10 bytes"):
            fetch(f"{address}/there", largest=10)
    with pytest.raises(Unfetched):
        fetch("http://[broken")


def test_files_that_are_none_are_said(tmp_path):
    with pytest.raises(UsageError, match=r"file not found: `.*nope\.yaml`"):
        load(tmp_path / "nope.yaml")
    with pytest.raises(UsageError, match="is a folder"):
        load(tmp_path)
    with pytest.raises(UsageError, match="names no document"):
        load(7)


def test_discovery_takes_the_address_itself():
    with serving({"/spec": (200, JSON, GOOD)}) as (address, asked):
        assert discover(f"{address}/spec").title == "Things"
    assert asked == ["/spec"]


@pytest.mark.parametrize(
    ("base", "place"),
    [
        ("", "/openapi.json"),
        ("/api", "/api/v3/api-docs"),
        ("/api/", "/api-docs"),
        ("", "/api-json"),
    ],
)
def test_discovery_tries_the_usual_places(base, place):
    with serving({place: (200, JSON, GOOD)}) as (address, _):
        spec = discover(address + base)
        assert spec.source == address + place


def test_discovery_reads_pages_and_links():
    page = b"<html><script>SwaggerUIBundle({url: '/hidden/openapi.json'})</script></html>"
    with serving(
        {"/docs": (200, "text/html", page), "/hidden/openapi.json": (200, JSON, GOOD)}
    ) as (address, _):
        assert discover(address).source == f"{address}/hidden/openapi.json"
    link = {"Link": '</other/spec>; rel="service-desc"'}
    with serving({"/": (200, JSON, b"{}", link), "/other/spec": (200, JSON, GOOD)}) as (address, _):
        assert discover(f"{address}/").source == f"{address}/other/spec"


def test_discovery_does_not_follow_a_page_to_another_host():
    page = b'<redoc spec-url="https://elsewhere.test/openapi.json"></redoc>'
    asked = []

    def get(url):
        asked.append(url)
        return Response(200, (("Content-Type", "text/html"),), page)

    with pytest.raises(UsageError):
        discover("http://service.test/", fetch=get)
    assert {each.split("/")[2] for each in asked} == {"service.test"}


def test_discovery_says_what_it_tried():
    old = {"swagger": "2.0", "paths": {}}
    with (
        serving({"/swagger.json": (200, JSON, old)}) as (address, _),
        pytest.raises(UsageError) as caught,
    ):
        discover(address)
    message = str(caught.value)
    assert "[target] spec" in message
    assert f"{address}: 404" in message
    assert "/openapi.json" in message
    assert "/swagger.json: is Swagger 2.0" in message
    assert "\n" not in message


def test_discovery_stops_where_nothing_listens():
    def none(url):
        raise Unfetched("connection refused")

    with pytest.raises(UsageError, match=r"can not be reached: connection refused"):
        discover("http://service.test", fetch=none)
    with pytest.raises(UsageError, match="no address of a service"):
        discover("service.test")


def test_a_thousand_operations_load():
    shared = {"type": "object", "properties": {"id": {"type": "string"}}}
    answer = {
        "200": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/S"}}}}
    }
    paths = {
        f"/t{number}": {"get": {"responses": answer}, "post": {"responses": answer}}
        for number in range(500)
    }
    spec = load({**GOOD, "paths": paths, "components": {"schemas": {"S": shared}}})
    assert len(spec.operations) == 1000
    assert spec.broken == ()
    assert spec.operation("POST /t499").responses["200"].content[JSON].schema == {
        "$ref": "#/components/schemas/S"
    }


def test_documents_are_plain_data_whatever_they_were_given_as():
    given = {**GOOD, "paths": {"/a": {"get": {"responses": {200: {"x-tuple": (1, 2)}}}}}}
    spec = load(given)
    assert spec.operations[0].raw == {"responses": {"200": {"x-tuple": [1, 2]}}}
    assert spec.source == "the given document"
