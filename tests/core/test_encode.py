"""Requests are the same bytes in every run."""

from troth.spec.encode import encode, encode_json, encode_query


def test_query():
    assert encode_query({"a": "x y", "b": ["1", 2], "c": None, "d": True}) == (
        "a=x%20y&b=1&b=2&d=true"
    )
    assert encode_query({"n": "a\x00b", "s": "\ud800"}) == "n=a%00b&s=%ED%A0%80"
    # As schemathesis gives parameters with `style: pipeDelimited` or `allowReserved`.
    assert encode_query("ids=1|2&u=a%20b/c#é") == "ids=1%7C2&u=a%20b/c%23%C3%A9"


def test_json_keeps_what_hostile_input_needs():
    assert encode_json({"a": float("nan"), "b": "\ud800", "c": 10**30}) == (
        b'{"a":NaN,"b":"\\ud800","c":1000000000000000000000000000000}'
    )


def test_multipart_is_deterministic():
    sent = {"url": "http://t/up", "files": [("a", (None, "x")), ("f", ("f.png", b"\x89"))]}
    one, two = encode(sent, prefix="http://t"), encode(sent, prefix="http://t")
    assert one == two
    path, headers, body = one
    assert path == "/up"
    assert headers[0][1].startswith("multipart/form-data; boundary=")
    assert b'filename="f.png"' in body


def test_headers_of_the_generator_stay_out():
    sent = {
        "url": "http://t/x",
        "params": {"q": "1"},
        "headers": {"User-Agent": "s", "X-Schemathesis-TestCaseId": "i", "X-H": "v"},
        "cookies": {"k": "1"},
        "json": {"a": 1},
    }
    path, headers, body = encode(sent, prefix="http://t")
    assert path == "/x?q=1"
    assert headers == (("X-H", "v"), ("Cookie", "k=1"), ("Content-Type", "application/json"))
    assert body == b'{"a":1}'
