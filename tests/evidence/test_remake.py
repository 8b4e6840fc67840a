"""Where a value came from is written beside a request; a replay finds the new one there."""

import json
import time
from dataclasses import replace

import pytest

from troth.config.operations import OperationSection
from troth.exchange import Exchange, Request, Response
from troth.replaying.remake import Gone, Remaker
from troth.spec.operation import Operation, Spec

WRITE = Operation(
    "POST /x/{id}", "POST", "/x/{id}", "write", (), (), None, {}, (), deprecated=False
)
SPEC = Spec("t", "1", "3.1.0", "", "", {}, (WRITE,), (), {}, "")


def made(number, body, cookie=None):
    headers = (("Set-Cookie", f"sid={cookie}; Path=/"),) if cookie else ()
    response = Response(200, headers, json.dumps(body).encode())
    return Exchange(number, "ann", "POST /y", Request("POST", "http://h/y"), response)


def write(*sources, body=None):
    request = Request("POST", "http://h/x/old?page=1", (), json.dumps(body or {}).encode())
    return Exchange(9, "ann", WRITE.label, request, sources=sources)


OLD = (made(4, {"t": "old"}), made(7, {"t": "older"}))
NEW = (made(1, {"t": "new"}), made(2, {"t": "newer"}, cookie="fresh"))


def remaker(**told):
    return Remaker(SPEC, told, (*OLD, write()), {"ann": {"pass": "word"}}, "S")


def body_of(remade):
    return json.loads(remade.exchange.request.body)


def test_a_value_comes_from_the_exchange_that_it_came_from():
    old = write("body#/a <- 7 $response.body#/t", "body#/b <- 4 $response.body#/t", body={"a": 1})
    assert body_of(remaker()(old, NEW)) == {"a": "newer", "b": "new"}


def test_a_token_and_cookies_do_too():
    remade = remaker()(write("token <- 4 $response.body#/t"), NEW)
    assert remade.token == "new"
    remade = remaker()(write("cookies <- 7 $response.cookies"), NEW)
    assert remade.finished(remade.exchange.request).header("cookie") == "sid=fresh"


def test_a_path_does_too():
    remade = remaker()(write("path:-1 <- 7 $response.body#/t"), NEW)
    assert remade.exchange.request.url == "http://h/x/newer?page=1"


def test_what_was_unique_is_so_again_and_the_same_everywhere():
    old = write("body#/a <- new t5", "body#/b <- new t5", body={"a": "x-t5@y.test", "b": "t5"})
    assert body_of(remaker()(old, NEW)) == {"a": "x-t5S@y.test", "b": "t5S"}


def test_a_password_that_was_made_up_is_made_up_again_once():
    made_up = remaker()
    first = body_of(made_up(write("body#/p <- made 3"), NEW))
    again = body_of(made_up(write("body#/p <- made 3"), NEW))
    other = body_of(made_up(write("body#/p <- made 4"), NEW))
    assert first == again != other


def test_a_login_is_read_in_the_target_file():
    assert body_of(remaker()(write("body#/p <- login ann /pass"), NEW)) == {"p": "word"}
    with pytest.raises(Gone, match="no /pass in its login"):
        remaker()(write("body#/p <- login bob /pass"), NEW)


def test_what_is_written_down_is_found_there():
    section = OperationSection.model_validate({"body": {"new": "a phrase"}})
    assert body_of(remaker(write=section)(write("body#/new"), NEW)) == {"new": "a phrase"}


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("body#/a <- 5 $response.body#/t", "exchange 5, which it takes a value from"),
        ("body#/a <- 4 $response.body#/u", "exchange 4: "),
        ("body#/a <- new t5", "nothing stands at body#/a"),
    ],
)
def test_what_is_gone_is_said(source, said):
    with pytest.raises(Gone, match=said):
        remaker()(write(source), NEW)


def test_what_was_waited_for_is_waited_for_again():
    began = time.monotonic()
    remade = remaker()(write("waited:0.05", "token <- 4 $response.body#/t"), NEW)
    assert remade.token == "new"
    assert time.monotonic() - began >= 0.05


class TestWhatHappenedBefore:
    """The service was stopped and started, or another answer was still coming."""

    def test_a_restart_is_one_again(self):
        restarts = []

        def restart():
            restarts.append(1)
            return ""

        asked = replace(remaker(), restart=restart)(write("restarted"), NEW)
        assert asked.exchange.request == write().request
        assert restarts == [1]

    @pytest.mark.parametrize(
        ("restart", "said"), [(None, "restart = true"), (lambda: "it does not come up", "come up")]
    )
    def test_without_one_the_question_is_not_asked(self, restart, said):
        with pytest.raises(Gone, match=said):
            replace(remaker(), restart=restart)(write("restarted"), NEW)

    def test_what_belongs_into_an_open_stream_is_not_sent_after_it(self):
        with pytest.raises(Gone, match="in turn"):
            remaker()(write("during"), NEW)
