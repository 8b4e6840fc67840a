"""Errors that tell of the inside are told from those that only speak of it."""

import json

import pytest

from troth.checks.disclosure import error_disclosure
from troth.exchange import Exchange, Frame, Request, Response

PYTHON = 'Traceback (most recent call last):\n  File "/srv/app/views.py", line 12, in show\n'
TELLING = {
    "Python": (PYTHON, "a stack trace of Python"),
    "Python in JSON": (json.dumps({"detail": PYTHON}), "a stack trace of Python"),
    "Java": (
        "java.lang.IllegalStateException: x\n\tat com.acme.Shop.buy(Shop.java:42)\n",
        "a stack trace of Java",
    ),
    "Spring": (
        json.dumps({"status": 500, "trace": "x\n\tat org.acme.A.b(A.java:7)\n\tat c.d(E.java:8)"}),
        "a stack trace of Java",
    ),
    "Express": (
        "<pre>Error: x<br> &nbsp; &nbsp;at /app/index.js:10:9<br></pre>",
        "a stack trace of Node",
    ),
    "Node in JSON": (
        json.dumps({"stack": "TypeError: x\n    at Layer.handle (/app/node_modules/a.js:9:5)"}),
        "a stack trace of Node",
    ),
    "PHP": (
        "<b>Warning</b>: mysqli_query() in <b>/var/www/index.php</b> on line <b>3</b>",
        "a stack trace of PHP",
    ),
    "Laravel": ("#0 /var/www/vendor/laravel/Router.php(12): run()", "a stack trace of PHP"),
    "Rails": ("app/models/user.rb:17:in `find'", "a stack trace of Ruby"),
    "Go": ("panic: x\n\ngoroutine 17 [running]:\nmain.main()", "a stack trace of Go"),
    ".NET": (
        "at Shop.Controllers.Buy(Int32 id) in C:\\src\\Shop.cs:line 42",
        "a stack trace of .NET",
    ),
    "Werkzeug": ("<title>x // Werkzeug Debugger</title>", "a debug page"),
    "Django": ("because you have <code>DEBUG = True</code> in your", "a debug page"),
    "SQLAlchemy": (
        '(sqlite3.OperationalError) near "\'": syntax error\n[SQL: SELECT * FROM users]',
        "an error of a database driver",
    ),
    "a statement": ("[SQL: SELECT 1]", "SQL"),
    "another statement": ("in SELECT id, name FROM users WHERE id = 7", "SQL"),
    "MySQL": ("You have an error in your SQL syntax; check", "an error of a database driver"),
    "PostgreSQL": (
        'duplicate key value violates unique constraint "users_email_key"',
        "an error of a database driver",
    ),
    "SQLite": ("UNIQUE constraint failed: users.email", "an error of a database driver"),
    "Mongo": ("E11000 duplicate key error collection: a", "an error of a database driver"),
    "a DSN": ("cannot reach postgresql://shop:pw@db.internal/shop", "the address of a database"),
    "a socket": ("[Errno 111] Connection refused", "the address of a database"),
    "a path": ("cannot open /srv/shop/settings.py", "a path of the server"),
    "None": ("'NoneType' object has no attribute 'id'", "what broke inside"),
    "undefined": ("Cannot read properties of undefined (reading 'id')", "what broke inside"),
    "nginx": ("<hr><center>nginx/1.18.0</center>", "the version of a server"),
}
QUIET = [
    "Select a plan from the list where it says so.",
    "SQL syntax is not supported in filters; use `name eq 'x'`.",
    'The field "file", line 4 of the address, is too long.',
    "See https://docs.acme.test/app/errors.html and /docs/openapi.json.",
    'Not found <script src="/app/main.js"></script><link href="/app/a.js">',
    "The update set by an administrator begins at 10:00.",
    "You may not delete from this list.",
    "There is no such table in this restaurant.",
    "name is required; email: invalid address: x@y",
    "ValidationError: email is not valid",
    "<center>nginx</center>",
    "The traceback of your shipment is not available.",
    "An error occurred at checkout (step 3).",
    "error: redis: the town of Redis:// does not exist",
    "TypeError is no type that we know",
]


def answer(text, *, status=500, url="http://t/x", body=b"", media="application/json"):
    response = Response(status, (("Content-Type", media),), text.encode())
    return Exchange(1, "alice", "GET /x", Request("POST", url, (), body), response)


@pytest.mark.parametrize("name", TELLING)
def test_what_tells_of_the_inside_is_found(name):
    text, what = TELLING[name]
    found = error_disclosure(answer(text))
    assert f"an error shows {what}" in [each.root for each in found]
    assert {each.property for each in found} == {"SEC344"}


@pytest.mark.parametrize("text", QUIET)
def test_what_only_speaks_of_it_is_not(text):
    assert error_disclosure(answer(text)) == ()


@pytest.mark.parametrize("name", TELLING)
def test_the_same_in_what_is_served_is_content(name):
    assert error_disclosure(answer(TELLING[name][0], status=200)) == ()


def test_the_clients_own_words_are_no_finding():
    said = "SELECT id FROM users WHERE 1"
    echoed = json.dumps({"detail": f"unknown filter {said}"})
    assert error_disclosure(answer(echoed, status=400, body=said.encode())) == ()
    quoted = "http://t/x?q=SELECT%20id%20FROM%20users%20WHERE%201"
    assert error_disclosure(answer(echoed, status=400, url=quoted)) == ()
    assert error_disclosure(answer(echoed, status=400))


def test_a_failure_that_says_200_is_one():
    told = json.dumps({"status": "fail", "message": "sqlite3.OperationalError: x"})
    assert error_disclosure(answer(told, status=200))
    listed = json.dumps({"items": [{"status": "fail", "message": "sqlite3.OperationalError"}]})
    assert error_disclosure(answer(listed, status=200)) == ()


def test_events_and_frames_that_report_an_error_are_looked_at():
    stream = f"event: error\ndata: {json.dumps(PYTHON)}\n\n"
    assert error_disclosure(answer(stream, status=200, media="text/event-stream"))
    told = f"event: message\ndata: {json.dumps('I met a ' + PYTHON)}\n\n"
    assert error_disclosure(answer(told, status=200, media="text/event-stream")) == ()
    frames = (Frame("text", json.dumps({"type": "error", "at": PYTHON}).encode()),)
    request = Request("GET", "http://t/ws")
    talk = Exchange(1, "alice", "WS /ws", request, Response(101), frames=frames)
    assert "a frame" in error_disclosure(talk)[0].message
