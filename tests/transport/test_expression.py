"""A runtime expression takes a value from an exchange, or says what stands there instead."""

import pytest

from troth.errors import UsageError
from troth.exchange import Breakage, Exchange, Request, Response
from troth.expression import ExpressionError, evaluate, identifier, parse

EXCHANGE = Exchange(
    1,
    "alice",
    "POST /things/{thing}",
    Request(
        "POST",
        "http://h/things/7?q=a%20b&q=2",
        (("Content-Type", "application/json"), ("X-Trace", "t1")),
        b'{"name": "n", "a/b": {"m~n": 1}}',
    ),
    Response(
        201,
        (
            ("Content-Type", "application/json; charset=utf-8"),
            ("Location", "/api/things/a%20b/?v=1"),
        ),
        b'{"id": 5, "data": [{"id": "x"}], "none": null, "yes": true, "": 3, "key": "hunter2"}',
    ),
)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("$url", "http://h/things/7?q=a%20b&q=2"),
        ("$method", "POST"),
        ("$statusCode", 201),
        ("$request.path.thing", "7"),
        ("$request.query.q", "a b"),
        ("$request.header.x-trace", "t1"),
        ("$request.body#/name", "n"),
        ("$request.body#/a~1b/m~0n", 1),
        ("$response.body#/id", 5),
        ("$response.body#/data/0/id", "x"),
        ("$response.body#/none", None),
        ("$response.body#/", 3),
        ("$response.header.LOCATION", "/api/things/a%20b/?v=1"),
        ("http://h/{$response.body#/id}/{$method}", "http://h/5/POST"),
        ("{$response.body#/id}", "5"),
        ("{$response.body#/yes}", "true"),
        ("just text", "just text"),
        ("{id}", "{id}"),
    ],
)
def test_values(expression, value):
    assert evaluate(expression, EXCHANGE, path_values={"thing": "7"}) == value


def test_a_whole_body_is_a_value():
    assert evaluate("$request.body", EXCHANGE)["name"] == "n"
    text = Exchange(1, "a", None, EXCHANGE.request, Response(200, (), b"token"))
    assert evaluate("$response.body", text) == "token"
    form = Request(
        "POST", "http://h", (("Content-Type", "application/x-www-form-urlencoded"),), b"a=1&b="
    )
    assert evaluate("$request.body#/a", Exchange(1, "a", None, form)) == "1"


@pytest.mark.parametrize(
    ("expression", "said"),
    [
        ("$response.body#/token", "without `token`"),
        ("$response.body#/token", "`id`, `data`"),
        ("$response.body#/data/1", "`data` has 1 elements"),
        ("$response.body#/data/-", "an array"),
        ("$response.body#/data/00", "an array"),
        ("$response.body#/key/x", "`key` is a string"),
        ("$response.body#/none/x", "null"),
        ("$response.header.X", "`Content-Type`, `Location`"),
        ("$request.query.x", "query `q`"),
        ("$request.path.x", "none"),
    ],
)
def test_errors_name_the_expression_and_what_is_there(expression, said):
    with pytest.raises(ExpressionError) as raised:
        evaluate(expression, EXCHANGE)
    assert expression in str(raised.value)
    assert said in str(raised.value)
    assert "hunter2" not in str(raised.value)


@pytest.mark.parametrize(
    ("response", "said"),
    [
        (None, "no response (dropped)"),
        (Response(204), "empty (status 204)"),
        (Response(502, (("Content-Type", "text/html"),), b"<h1>"), "text/html (status 502)"),
        (Response(200, (), b"\xff"), "not JSON"),
        (Response(200, (), b"[" * 100_000), "not JSON"),
    ],
)
def test_bodies_that_are_no_json(response, said):
    broken = None if response else Breakage.DROPPED
    exchange = Exchange(1, "a", None, EXCHANGE.request, response, broken)
    with pytest.raises(ExpressionError) as raised:
        evaluate("$response.body#/id", exchange)
    assert said in str(raised.value)


@pytest.mark.parametrize(
    ("expression", "hint"),
    [
        ("$response.body.data.id", "did you mean `$response.body#/data/id`?"),
        ("$response.body#id", "did you mean `$response.body#/id`?"),
        ("$response.headers.Location", "did you mean `$response.header.Location`?"),
        ("$response.query.x", "did you mean $request?"),
        ("$response.body#/a~2", "write `~` as `~0`"),
        ("$token", "they begin with"),
        ("access_token", "such as `$response.body#/id`"),
        ("", "such as"),
        ("x{$nope}", "they begin with"),
    ],
)
def test_malformed_expressions_are_refused_with_a_remedy(expression, hint):
    with pytest.raises(UsageError) as raised:
        parse(expression, "[session] login.token")
    assert "[session] login.token" in str(raised.value)
    assert hint in str(raised.value)


def test_an_id_is_text_or_a_number():
    assert identifier("$response.body#/id", EXCHANGE) == 5
    assert identifier("$response.header.Location", EXCHANGE) == "a b"
    for expression in ("$response.body#/none", "$response.body#/yes", "$response.body#/data"):
        with pytest.raises(ExpressionError, match="not an id"):
            identifier(expression, EXCHANGE)
    bare = Exchange(1, "a", None, EXCHANGE.request, Response(201, (("Location", "http://h/"),)))
    with pytest.raises(ExpressionError, match="no segment"):
        identifier("$response.header.Location", bare)
