"""Auth documents of Web Fuzzing Commons, as `principals = "auth.yaml"` takes them in."""

import pytest

from troth.config.load import load
from troth.errors import UsageError

HEAD = 'principals = "auth.yaml"\n[target]\nbase-url = "http://127.0.0.1:1"\n'
LOGIN = """
auth:
  - name: foo
    loginEndpointAuth:
      payloadUserPwd: {username: foo, password: hunter-22, usernameField: u, passwordField: p}
      endpoint: /login
      verb: POST
      token: {extractFrom: body, extractSelector: /token/auth, sendIn: header,
              sendName: X-Auth, sendTemplate: "JWT {token}"}
"""

ELSEWHERE = """
auth: [{name: a, loginEndpointAuth: {verb: POST, externalEndpointURL: "http://o/",
        payloadRaw: '{"p": "hunter-22"}'}}]
"""


def loaded(tmp_path, text, head=HEAD):
    (tmp_path / "auth.yaml").write_text(text)
    (tmp_path / "troth.toml").write_text(head)
    return load(tmp_path / "troth.toml", environ={})


def test_a_login_becomes_principals_and_a_session(tmp_path):
    found = loaded(tmp_path, LOGIN)
    assert found.file.principals["foo"].login == {"u": "foo", "p": "hunter-22"}
    login = found.file.session.login
    assert (login.operation, login.token) == ("POST /login", "$response.body#/token/auth")
    assert (login.header, login.prefix) == ("X-Auth", "JWT ")
    assert found.secrets == {"hunter-22"}


def test_fixed_headers_are_credentials(tmp_path):
    text = "auth: [{name: a, fixedHeaders: [{name: Authorization, value: Basic eHg6eXk=}]}]"
    found = loaded(tmp_path, text)
    assert found.file.principals["a"].headers == {"Authorization": "Basic eHg6eXk="}
    assert found.secrets == {"Basic eHg6eXk="}
    assert found.file.session.login is None


def test_what_the_target_file_says_of_the_login_comes_first(tmp_path):
    head = f'{HEAD}[session]\nlogin = {{ operation = "enter" }}\n'
    assert loaded(tmp_path, LOGIN, head).file.session.login.operation == "enter"


def test_a_raw_payload_is_read_and_its_secret_hidden(tmp_path):
    text = """
auth:
  - name: a
    loginEndpointAuth:
      {endpoint: /in, verb: POST, expectCookies: true, payloadRaw: '{"n": "me", "k": "s3cret-0"}'}
"""
    found = loaded(tmp_path, text)
    assert found.file.principals["a"].login == {"n": "me", "k": "s3cret-0"}
    assert found.file.session.login.cookie
    assert found.secrets == {"s3cret-0"}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x: 1", "no list `auth`"),
        ("auth: [{fixedHeaders: []}]", "no `name`"),
        ("auth: [{name: a}]", "neither `fixedHeaders` nor"),
        ("auth: [{name: a, loginEndpointAuth: {verb: POST, endpoint: /x}}]", "payloadUserPwd"),
        (ELSEWHERE, "no path of the service"),
        ("auth: [", "neither YAML nor JSON"),
    ],
)
def test_what_can_not_be_taken_in_is_one_message_without_a_secret(tmp_path, text, said):
    with pytest.raises(UsageError, match=said) as caught:
        loaded(tmp_path, text)
    assert "hunter-22" not in str(caught.value)


def test_a_file_that_is_not_there_is_named(tmp_path):
    (tmp_path / "troth.toml").write_text(HEAD)
    with pytest.raises(UsageError, match=r"auth\.yaml"):
        load(tmp_path / "troth.toml", environ={})
