"""history.jsonl is on disk as it happens, survives SIGKILL, and reads back."""

import json
import os
import signal
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from troth.errors import UsageError
from troth.evidence.jsonl import HistoryWriter, merge_histories, read_history
from troth.evidence.protocol import Writer
from troth.evidence.record import LIMIT
from troth.exchange import Breakage, Exchange, Request, Response
from troth.redaction import Redactor


def exchange(number=1, *, body=b"", answer=b'{"id":1}', **changes):
    whole = Exchange(
        number=number,
        principal="alice",
        operation="GET /things/{id}",
        request=Request("GET", "http://127.0.0.1:1/things/1?a=%20", (("X-A", "é"),), body),
        response=Response(200, (("content-type", "application/json"),), answer, 0.0123456),
        purpose="valid",
        started="2026-11-21T07:11:30.123+00:00",
    )
    return replace(whole, **changes)


def written(path, *exchanges, secrets=()):
    writer: Writer = HistoryWriter(path, Redactor(secrets))
    for each in exchanges:
        writer.write(each)
    assert writer.failed is None
    writer.close()
    return list(read_history(path))


@pytest.mark.parametrize(
    "body",
    [b"", b"text", "é\0\u2028".encode(), b"\xff\x00\xfe", b"x" * LIMIT],
    ids=["empty", "text", "odd text", "binary", "just fits"],
)
def test_what_was_written_reads_back(tmp_path, body):
    broken = exchange(2, response=None, breakage=Breakage.DROPPED, detail="closed")
    first = exchange(1, body=body, answer=body)
    back = written(tmp_path / "h.jsonl", first, broken)
    assert back[0] == replace(first, response=replace(first.response, elapsed=0.012346))
    assert back[1] == broken


def test_keys_have_one_order_and_lines_are_ascii(tmp_path):
    written(tmp_path / "h.jsonl", exchange(body="é".encode()))
    line = (tmp_path / "h.jsonl").read_bytes()
    assert line.isascii()
    assert list(json.loads(line)) == [
        "number", "started", "elapsed_ms", "principal", "operation", "purpose", "request",
        "response", "breakage", "detail",
    ]  # fmt: skip


def test_two_runs_write_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        written(tmp_path / name, exchange(body=b"hunter22 swordfish"), secrets=["swordfish"])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_a_long_body_is_cut_with_length_and_digest(tmp_path):
    body = "é".encode() * LIMIT
    (back,) = written(tmp_path / "h.jsonl", exchange(answer=b"a" + body))
    record = json.loads((tmp_path / "h.jsonl").read_bytes())["response"]["body"]
    assert record["length"] == len(body) + 1
    assert len(record["rest_sha256"]) == 64
    assert back.response.truncated
    assert back.response.body == (b"a" + body)[: LIMIT - 1]  # no half character


def test_a_secret_across_the_limit_is_gone(tmp_path):
    secret = "s3cr3t-" * 20
    for start in range(LIMIT - len(secret) - 2, LIMIT + 2, 7):
        path = tmp_path / f"{start}.jsonl"
        written(path, exchange(answer=b"." * start + secret.encode() * 30), secrets=[secret])
        assert "s3cr3t" not in path.read_text()


def test_a_cut_last_line_is_passed_over_and_a_bad_line_is_not(tmp_path):
    path = tmp_path / "h.jsonl"
    written(path, exchange(1), exchange(2))
    whole = path.read_bytes()
    for end in range(len(whole) - 40, len(whole) - 1, 7):
        path.write_bytes(whole[:end])
        assert [each.number for each in read_history(path)] == [1]
    path.write_bytes(b"{}\n" + whole)
    with pytest.raises(UsageError, match=r"h\.jsonl:1 is not an exchange"):
        list(read_history(path))


def test_threads_do_not_mix_their_lines(tmp_path):
    path = tmp_path / "h.jsonl"
    writer = HistoryWriter(path, Redactor())
    threads = [
        threading.Thread(
            target=lambda base: [writer.write(exchange(base + n)) for n in range(50)], args=(k,)
        )
        for k in (0, 1000, 2000)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    writer.close()
    assert len({each.number for each in read_history(path)}) == 150


def test_a_place_that_cannot_be_written_is_a_usage_error(tmp_path):
    with pytest.raises(UsageError, match="--evidence"):
        HistoryWriter(tmp_path / "absent" / "h.jsonl", Redactor())
    with pytest.raises(UsageError, match="Is a directory"):
        HistoryWriter(tmp_path, Redactor())


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_ends_the_writing_not_the_run(tmp_path):
    path = tmp_path / "h.jsonl"
    path.symlink_to("/dev/full")
    writer = HistoryWriter(path, Redactor())
    writer.write(exchange(7))
    writer.write(exchange(8))
    assert "ends at exchange 7" in writer.failed
    assert "No space left" in writer.failed
    writer.close()


WRITES_FOR_EVER = """
import sys
from pathlib import Path
from troth.evidence.jsonl import HistoryWriter
from troth.exchange import Exchange, Request
from troth.redaction import Redactor

writer = HistoryWriter(Path(sys.argv[1]), Redactor())
number = 0
while True:
    number += 1
    writer.write(Exchange(number, "a", None, Request("GET", "http://h/" + "x" * 300)))
    print(number, flush=True)
"""


def test_what_a_killed_process_wrote_is_there(tmp_path):
    path = tmp_path / "h.jsonl"
    with subprocess.Popen(
        [sys.executable, "-c", WRITES_FOR_EVER, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        confirmed = [int(child.stdout.readline()) for _ in range(25)][-1]
        os.kill(child.pid, signal.SIGKILL)
        child.stdout.read()
    numbers = [each.number for each in read_history(path)]
    assert numbers[:confirmed] == list(range(1, confirmed + 1))


def test_histories_of_workers_are_merged_in_order(tmp_path):
    for worker in (10, 2, 0):
        part = tmp_path / f"history-gw{worker}.jsonl"
        written(part, exchange(worker * 100 + 1), exchange(worker * 100 + 2))
    with (tmp_path / "history-gw2.jsonl").open("ab") as part:
        part.write(b'{"number": 9')  # that worker was killed
    merge_histories(tmp_path.glob("history-*.jsonl"), tmp_path / "history.jsonl")
    assert [each.number for each in read_history(tmp_path / "history.jsonl")] == [
        1, 2, 201, 202, 1001, 1002,
    ]  # fmt: skip
    assert [path.name for path in tmp_path.iterdir()] == ["history.jsonl"]
