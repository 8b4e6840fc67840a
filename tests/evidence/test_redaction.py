"""No known secret survives in any encoding, in any place; and little else is touched."""

import base64
import html
import json
import time
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from troth.exchange import Exchange, Request, Response
from troth.redaction import REDACTED, Redactor
from troth.redaction.known import Ranked, needles, present

SECRETS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), min_size=4, max_size=40
).filter(lambda text: text.strip() == text)

ENCODINGS = {
    "raw": lambda text: text,
    "quote": lambda text: quote(text, safe=""),
    "quote, slash kept": quote,
    "quote_plus": quote_plus,
    "quote, lower case": lambda text: quote(text, safe="").replace("%2F", "%2f"),
    "every byte": lambda text: "".join(f"%{byte:02x}" for byte in text.encode()),
    "twice": lambda text: quote(quote(text, safe=""), safe=""),
    "json": lambda text: json.dumps(text)[1:-1],
    "json, not ascii": lambda text: json.dumps(text, ensure_ascii=False)[1:-1],
    "json in json": lambda text: json.dumps(json.dumps(text)[1:-1])[1:-1],
    "json, slashes": lambda text: json.dumps(text)[1:-1].replace("/", "\\/"),
    "html": html.escape,
    "hex": lambda text: text.encode().hex(),
    "hex, upper case": lambda text: text.encode().hex().upper(),
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64url": lambda text: base64.urlsafe_b64encode(text.encode()).decode().rstrip("="),
    "base64, second": lambda text: base64.b64encode(b"u:" + text.encode() + b"!").decode(),
    "base64, third": lambda text: base64.urlsafe_b64encode(b"x" + text.encode()).decode(),
    "base64, quoted": lambda text: quote(base64.b64encode(text.encode()).decode(), safe=""),
}
PLACES = (
    "method", "url", "query", "name", "value", "body", "purpose", "detail", "operation",
    "answer name", "answer value", "answer",
)  # fmt: skip


def placed(text, place):
    """An exchange with ``text`` in one place."""
    around = {each: f"a{text}z" if each == place else "" for each in PLACES}
    return Exchange(
        number=1,
        principal="alice",
        operation=around["operation"] or None,
        request=Request(
            method=around["method"] or "GET",
            url=f"http://127.0.0.1:1/p{around['url']}?q={around['query']}",
            headers=((around["name"] or "X-A", around["value"] or "v"),),
            body=around["body"].encode("utf-8", "surrogatepass"),
        ),
        response=Response(
            200,
            ((around["answer name"] or "X-B", around["answer value"] or "v"),),
            b"\xff\xfe" + around["answer"].encode("utf-8", "surrogatepass"),
        ),
        purpose=around["purpose"],
        detail=around["detail"],
    )


@settings(max_examples=150)
@given(secret=SECRETS, encoding=st.sampled_from(sorted(ENCODINGS)), place=st.sampled_from(PLACES))
@example(secret="p ss/+&=%<\"\\'é", encoding="html", place="answer")
@example(secret="😀é\n\t/~", encoding="json in json", place="body")
@example(secret="aaaa", encoding="base64, third", place="url")
def test_no_secret_survives(secret, encoding, place):
    needle = ENCODINGS[encoding](secret)
    # What the marks and the rest of the exchange say by themselves is no leak.
    assume(needle.lower() not in repr(placed("", place)).lower() + "[secret:1][redacted]az\ufffd")
    clean = Redactor([secret]).exchange(placed(needle, place))
    core = needle if not encoding.startswith("base64, ") else ENCODINGS["base64"](secret)[3:-4]
    everything = repr(clean) + clean.request.body.decode("utf-8", "replace")
    everything += clean.response.body.decode("utf-8", "replace")
    if len(core) >= 6:
        assert core not in everything
    assert "[secret:1]" in everything or REDACTED in everything


@settings(max_examples=60)
@given(text=st.text(), secrets=st.lists(SECRETS, max_size=3, unique=True))
def test_redaction_is_idempotent(text, secrets):
    redactor = Redactor(secrets)
    once = redactor.text(text + "".join(secrets))
    assume(not any(secret in "[redacted][secret:123]" for secret in secrets))
    assert redactor.text(once) == once


@settings(max_examples=60)
@given(data=st.binary())
def test_what_holds_no_secret_is_left_alone(data):
    assert Redactor(["correct horse battery"]).data(data) == data


def test_equal_secrets_stay_equal_and_count_in_the_order_they_are_seen():
    for secrets in (["hunter22", "swordfish", "unseen"], ["unseen", "swordfish", "hunter22"]):
        redactor = Redactor(secrets)
        assert redactor.text("swordfish hunter22") == "[secret:1] [secret:2]"
        redactor.add("hunter22", "later-one")
        assert redactor.text("later-one swordfish") == "[secret:3] [secret:1]"


def test_the_longer_secret_goes_as_a_whole():
    assert Redactor(["abcd", "abcdefgh"]).text("abcdefgh abcd") == "[secret:1] [secret:2]"


@given(
    secrets=st.lists(SECRETS, min_size=1, max_size=9, unique=True),
    pieces=st.lists(st.one_of(SECRETS, st.sampled_from(['"', "\n", "%22", "x"])), max_size=6),
    data=st.data(),
)
def test_no_needle_that_fits_is_left_out(secrets, pieces, data):
    among = data.draw(st.lists(st.sampled_from([*secrets, *pieces, "-"]), max_size=4))
    text = "".join([*pieces, *among])
    every = [one for number, each in enumerate(secrets) for one in needles(each, number)]
    found = present(Ranked().and_these(every), text)
    assert set(found) == set(present(tuple(every), text))


def test_a_secret_that_is_a_word_of_the_mark_does_not_nest():
    assert Redactor(["secret", "xsecrety"]).text("xsecrety secret") == "[secret:1] [secret:2]"


def test_short_values_are_not_searched():
    assert Redactor(["abc", ""]).text("abc def") == "abc def"


@pytest.mark.parametrize(
    ("name", "value", "clean"),
    [
        ("Authorization", "Bearer hunter22", "Bearer [secret:1]"),
        ("authorization", "Bearer unknown", "Bearer [redacted]"),
        ("Authorization", "", ""),
        ("Authorization", "Basic " + base64.b64encode(b"al:hunter22").decode(), "Basic [secret:1]"),
        ("Authorization", "rawvalue", "[redacted]"),
        ("Proxy-Authorization", 'Digest username="x", response="y"', "Digest [redacted]"),
        ("Cookie", "sid=hunter22; theme=dark", "sid=[secret:1]; theme=[redacted]"),
        ("Set-Cookie", "sid=abc; Path=/; HttpOnly", "sid=[redacted]; Path=/; HttpOnly"),
        ("X-API-Key", "k", "[redacted]"),
        ("X-Own-Key", "k", "[redacted]"),
        ("X-Trace", "ab-hunter22-cd", "ab-[secret:1]-cd"),
        ("WWW-Authenticate", 'Bearer realm="api"', 'Bearer realm="api"'),
        ("Location", "/reset?token=abc123&x=1", "/reset?token=[redacted]&x=1"),
    ],
)
def test_headers(name, value, clean):
    redactor = Redactor(["hunter22"], headers=["X-Own-Key"])
    assert redactor.headers(((name, value),)) == ((name, clean),)


JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhbGljZSJ9.c2lnbmF0dXJl"
PEM = "-----BEGIN RSA PRIVATE KEY-----\nMIIB\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ('{"password": "x y\\"z", "name": "n"}', '{"password": "[redacted]", "name": "n"}'),
        ('{"pass', '{"pass'),
        ('{"password": "cut of', '{"password": "[redacted]'),
        ('{"refreshToken":"a","n":1}', '{"refreshToken":"[redacted]","n":1}'),
        ('{"otp": 123456}', '{"otp": "[redacted]"}'),
        ('{"codes": ["F7RSTAJJO", "Q2YVFBSH4"]}', '{"codes": ["[redacted]", "[redacted]"]}'),
        ('{"codes": ["DE", "AT1"]}', '{"codes": ["DE", "AT1"]}'),
        ('{"codes": ["not_found", "too_long2"]}', '{"codes": ["not_found", "too_long2"]}'),
        ('{"recovery_codes": ["a", "b"]}', '{"recovery_codes": ["[redacted]", "[redacted]"]}'),
        ('{"password": null, "token": ""}', '{"password": null, "token": ""}'),
        ('{"next_page_token": "abc", "token_type": "bearer"}',) * 2,
        ('"{\\"password\\": \\"abc\\"}"', '"{\\"password\\": \\"[redacted]\\"}"'),
        ("{'client_secret': 'abc'}", "{'client_secret': '[redacted]'}"),
        ("user=al&password=abc%20d&x=1", "user=al&password=[redacted]&x=1"),
        ("<password>abc</password>", "<password>[redacted]</password>"),
        (
            'Content-Disposition: form-data; name="password"\r\n\r\nabc\r\n--b--',
            'Content-Disposition: form-data; name="password"\r\n\r\n[redacted]\r\n--b--',
        ),
        (f"it is {JWT} here", "it is [redacted] here"),
        (f"{JWT.rpartition('.')[0]}.", "[redacted]"),
        ("got Bearer abcdef123456 there", "got Bearer [redacted] there"),
        ("Bearer authentication required",) * 2,
        (f"key {PEM} end", "key -----BEGIN RSA PRIVATE KEY-----[redacted] end"),
        ("postgres://svc:pw@db/x", "postgres://svc:[redacted]@db/x"),
        ("http://h:80?mail=a@b http://h:80/a@b",) * 2,
        ("whsec_0123456789abcdef", "whsec_[redacted]"),
        ("the password must be longer",) * 2,
    ],
)
def test_nets_catch_what_nobody_told(text, clean):
    assert Redactor().text(text) == clean
    assert Redactor().text(clean) == clean


def test_spared_values_are_shown_unless_they_hold_a_secret():
    redactor = Redactor(["hunter22"])
    redactor.spare("Bearer", "garbage", "hunter22x")
    headers = (("Authorization", "Bearer garbage"), ("Authorization", "Bearer hunter22x"))
    assert [value for _, value in redactor.headers(headers)] == [
        "Bearer garbage",
        "Bearer [redacted]",
    ]


def test_a_secret_that_the_recorder_cut_off_does_not_stay_in_part():
    exchange = Exchange(
        1, "a", None, Request("GET", "http://h/"), Response(200, (), b"xx hunter2", truncated=True)
    )
    assert Redactor(["hunter2222"]).exchange(exchange).response.body == b"xx [secret:1]"


def test_values_are_redacted_in_keys_and_depth():
    clean = Redactor(["hunter22"]).value({"hunter22": ["hunter22", 1, None, {"a": ("hunter22",)}]})
    assert clean == {"[secret:1]": ["[secret:1]", 1, None, {"a": ["[secret:1]"]}]}


def test_no_quadratic_time():
    redactor = Redactor(["hunter22" * 4])
    texts = ['"token": [' + '"a" ' * 20_000, "%25" * 30_000, "\\" * 60_000, "eyJ" * 30_000,
             'password="' * 8_000, "name=token\n" * 5_000]  # fmt: skip
    started = time.perf_counter()
    for text in texts:
        redactor.text(text)
    assert time.perf_counter() - started < 6


def test_a_lone_surrogate_of_somebody_else_is_no_mark():
    text = "a\ud800\U0001f600b\ud800c"
    assert Redactor(["hunter22"]).text(text) == text


def test_one_time_codes_go_where_they_stand_alone():
    redactor = Redactor()
    redactor.code("045123")
    body = b'{"code": "045123", "amount": 10451230, "at": "20:06:05.045123Z"}'
    assert redactor.data(body) == body.replace(b'"045123"', f'"{REDACTED}"'.encode())
    assert redactor.text("code=045123&x=1") == f"code={REDACTED}&x=1"
    assert redactor.headers((("X-Code", "045123"),)) == (("X-Code", REDACTED),)
