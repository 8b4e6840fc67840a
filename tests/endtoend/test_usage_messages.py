"""Bad input ends troth with exit code 2 and one clear message."""

import json
import socket
from contextlib import closing

import pytest

from tests.endtoend.suite import troth

LONGEST = 8  # lines that somebody can be expected to read
EMPTY = {"openapi": "3.1.0", "info": {"title": "Nothing", "version": "1"}, "paths": {}}
SWAGGER = {"swagger": "2.0", "info": {"title": "Old", "version": "1"}, "paths": {"/x": {}}}


def refused(run, *words):
    assert run.code == 2, run.text
    assert run.orderly(), run.text
    for each in words:
        assert each in run.text
    assert run.text.count("troth: ") == 1, run.text
    assert len(run.text.strip().splitlines()) <= LONGEST, run.text
    assert "passed" not in run.text


def target(path, text):
    path.write_text(text)
    return str(path)


def test_an_unknown_key_is_named_with_the_nearest_known_one(tmp_path):
    file = target(tmp_path / "t.toml", '[target]\nbase_ulr = "http://127.0.0.1:1"\n')
    run = troth("--target", file, evidence=tmp_path / "e")
    refused(run, "base_ulr", "base-url", "[target]")


def test_an_unknown_section_is_named_with_the_nearest_known_one(tmp_path):
    file = target(tmp_path / "t.toml", "[principal]\nalice = {}\n")
    refused(troth("--target", file, evidence=tmp_path / "e"), "principal", "principals")


def test_a_missing_environment_variable_is_named(tmp_path):
    text = (
        '[target]\nbase-url = "http://127.0.0.1:1"\n'
        '[principals]\nalice = { token = "${TROTH_TEST_NO_SUCH_VARIABLE}" }\n'
    )
    file = target(tmp_path / "t.toml", text)
    run = troth("--target", file, evidence=tmp_path / "e")
    refused(run, "TROTH_TEST_NO_SUCH_VARIABLE")


def test_a_file_that_is_no_toml(tmp_path):
    file = target(tmp_path / "t.toml", "[target\n")
    refused(troth("--target", file, evidence=tmp_path / "e"), "t.toml")


def test_a_file_that_is_not_there(tmp_path):
    run = troth("--target", str(tmp_path / "absent.toml"), evidence=tmp_path / "e")
    refused(run, "absent.toml")


@pytest.mark.parametrize(
    "content",
    [b"<html><body>Welcome</body></html>", b"[1, 2]", b"", b'{"hello": "world"}', b"\xff\xfe\x00"],
    ids=["html", "list", "nothing", "other-json", "binary"],
)
def test_what_is_no_document(serve_bytes, tmp_path, content):
    url = serve_bytes(content)
    refused(troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "e"), url)


def test_swagger_2_is_told_what_to_do(serve_bytes, tmp_path):
    url = serve_bytes(json.dumps(SWAGGER).encode())
    run = troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "e")
    refused(run, "2.0", "convert")


def test_empty_paths(serve_bytes, tmp_path):
    url = serve_bytes(json.dumps(EMPTY).encode())
    run = troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "e")
    refused(run, "paths")


def test_nobody_listens(tmp_path):
    # Bound and not listening: nobody else gets the port, and a connection is refused.
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        run = troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "e")
    refused(run, url)


def test_an_address_that_is_none(tmp_path):
    run = troth("--target-url", "ftp//what", evidence=tmp_path / "e")
    refused(run, "ftp//what", "http")


def test_an_operation_that_is_not_in_the_document(serve, tmp_path):
    url = serve("library:clean")
    run = troth("--target-url", url, "--operation", "GET /shelfs", evidence=tmp_path / "e")
    refused(run, "GET /shelfs")


def test_a_budget_that_is_none(tmp_path):
    run = troth("--budget", "soon", evidence=tmp_path / "e")
    refused(run, "soon")
