"""Canaries are found in log lines however they are written; so is what a client forged."""

import base64
import gzip
import json
import sys
from urllib.parse import quote
from urllib.request import Request, urlopen

import pytest
from hypothesis import given
from hypothesis import strategies as st

from troth.logs.command import Command
from troth.logs.integrity import forged, payload, spoofed, structured, unjoined
from troth.logs.otlp import Collector
from troth.logs.search import form_of, known_in, line_of, planted_in, plausible
from troth.logs.tail import Tail

SECRET = "4f1c0b9ae27d4c35a0e1b2c3d4e5f607"


@given(st.text(max_size=9), st.text(max_size=9))
def test_a_canary_is_found_in_base64_at_each_alignment(before, after):
    for spare in range(3):
        raw = f"{before}{'x' * spare}{SECRET}{after}".encode()
        assert form_of(SECRET, base64.b64encode(raw).decode())
        assert form_of(SECRET, base64.urlsafe_b64encode(raw).decode())


@pytest.mark.parametrize(
    "text",
    [
        f"Bearer {SECRET}",
        SECRET.upper(),
        f"{SECRET[:12]}…",
        SECRET.encode().hex(),
        quote("".join(f"%{ord(each):02x}" for each in SECRET)),
        "".join(f"\\u{ord(each):04x}" for each in SECRET),
    ],
)
def test_a_canary_is_found_in_every_form(text):
    assert form_of(SECRET, f"it is {text}.")
    assert line_of(SECRET, ["no", text])[1] == text


@pytest.mark.parametrize(
    "text", [SECRET[:11], SECRET[12:20], "[redacted]", "9d17c7686668d9e89da3c83a558320af"]
)
def test_what_is_no_canary_is_not(text):
    assert form_of(SECRET, text) == ""


@pytest.mark.parametrize("secret", ["12345678901204536789aabbccddeeff", "aaaaaaaaaaaabbbbbbbbbbbb"])
def test_a_canary_is_found_in_the_evidence_however_plain_its_beginning(secret):
    assert not plausible(secret[:12]), "what a run issued would not be looked for by this"
    for text in (secret, secret[:12].upper(), base64.b64encode(f"a{secret}".encode()).decode()):
        assert planted_in([SECRET, secret], f"it is {text}.")
    assert planted_in([SECRET, secret], secret.encode().hex())
    assert not planted_in([SECRET, secret], f"{secret[:11]} {SECRET[1:]}")


def test_secrets_of_a_run_are_those_that_stand_nowhere_by_chance():
    assert plausible("eyJhbGciOiJIUzI1NiJ9.e30.abc")
    assert not plausible("password")
    assert not plausible("111111111111")
    lines = ["GET /x", "token=Zm9vYmFyMTIzNDU2"]
    assert known_in(["GET /x", "Zm9vYmFyMTIzNDU2"], lines) == "Zm9vYmFyMTIzNDU2"
    assert known_in(["foobar-foobar-123"], [base64.b64encode(b"foobar-foobar-123").decode()])
    assert known_in(["alice", "Zm9vYmFy-other-1"], lines) == ""


MARKER = "troth0123456789abcdef"


def test_forged_lines_are_found():
    plain = f"INFO served /{payload(MARKER)}"
    lines = [each.rstrip("\r") for each in plain.split("\n")]
    assert forged(lines, MARKER).what == "a request writes a record of its own"
    assert forged([f"{MARKER} ERROR forged"], MARKER).what == "a request writes a line of its own"
    raw = f"INFO served {payload(MARKER)}".replace("\r", "").replace("\n", " ")
    assert forged([raw], MARKER).what.startswith("control characters")
    records = ['{"a": 1}'] * 9
    assert forged([*records, f"INFO served {MARKER}"], MARKER).what == "a request splits a record"


def test_quoted_and_escaped_lines_are_not():
    text = payload(MARKER)
    assert forged([json.dumps({"path": text})], MARKER) is None
    assert forged([f"INFO served {text!r}"], MARKER) is None
    assert forged([f"INFO GET /{quote(text)}"], MARKER) is None
    assert forged(["Traceback (most recent call last):", '{"a": 1}'], MARKER) is None


def test_the_clients_address_is_not_what_it_says():
    address = "203.0.113.77"
    assert spoofed([json.dumps({"http": {"client_ip": address}})], address)
    assert spoofed([f"{address} - - [21/Nov/2026] GET /"], address)
    assert (
        spoofed([json.dumps({"client_ip": "127.0.0.1", "forwarded_for": address})], address) is None
    )
    assert spoofed([f"127.0.0.1 - - GET / {address}"], address) is None


def test_records_have_the_ids_of_their_answers():
    lines = [json.dumps({"request_id": "a"}), json.dumps({"request_id": "b"})]
    assert not unjoined(lines, ["b", "c"])
    assert unjoined(lines, ["c"])
    assert not unjoined(["GET /x"], ["c"])
    assert structured([*lines, "starting", *lines])
    assert not structured(["GET /x", *lines])


def test_a_file_is_read_from_its_mark(tmp_path):
    path = tmp_path / "log"
    path.write_text("before\n")
    tail = Tail(path)
    mark = tail.mark()
    with path.open("a") as file:
        file.write("one\r\ntwo\n")
    assert tail.since(mark) == ["one", "two"]
    path.rename(tmp_path / "log.1")
    path.write_text("three\n")
    assert tail.since(mark) == ["three"]


def test_a_command_is_read_and_ended():
    program = "print('one', flush=True); input() if False else __import__('time').sleep(60)"
    running = Command((sys.executable, "-u", "-c", program))
    try:
        while not running.since(0):
            pass
        assert running.since(0) == ["one"]
    finally:
        running.close()


def test_records_over_otlp_are_taken_in_json_and_protobuf():
    logs = pytest.importorskip("opentelemetry.proto.collector.logs.v1.logs_service_pb2")
    request = logs.ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.body.string_value = "served"
    record.attributes.add(key="path").value.string_value = "/x"
    value = {"resourceLogs": [{"scopeLogs": [{"logRecords": [{"body": {"stringValue": "json"}}]}]}]}
    collector = Collector()
    try:
        for kind, body, more in (
            (
                "application/x-protobuf",
                gzip.compress(request.SerializeToString()),
                {"Content-Encoding": "gzip"},
            ),
            ("application/json", json.dumps(value).encode(), {}),
        ):
            sent = Request(f"{collector.address}/v1/logs", body, {"Content-Type": kind, **more})
            with urlopen(sent) as answer:
                assert answer.status == 200
        first, second = map(json.loads, collector.since(0))
    finally:
        collector.close()
    assert (first["body"], first["attributes"]) == ("served", {"path": "/x"})
    assert second["body"] == "json"
