"""``troth init`` and ``troth check`` as people run them, on a service that nobody configured."""

import json
import os
import re
import subprocess
import sys
import tomllib
from urllib.request import urlopen

import pytest

from tests.apps.tavern import WANTED
from tests.cli.inside import troth
from tests.endtoend.suite import troth as run_suite
from troth.config.load import load

TROTH = [sys.executable, "-c", "from troth.cli import main; main()"]
PASSWORDS = {f"{name.upper()}_PASSWORD": password for name, password in WANTED.items()}
PEOPLE = ("--user", "carl", "--user", "dora")


def alone(*arguments, cwd, **env):
    """The command in a process of its own."""
    return subprocess.run(
        [*TROTH, *arguments],
        capture_output=True,
        text=True,
        cwd=cwd,
        check=False,
        stdin=subprocess.DEVNULL,
        env={**os.environ, **env},
    )


@pytest.fixture(scope="module")
def tavern(serve):
    return serve("tavern:app")


@pytest.fixture(scope="module")
def proposed(tavern, tmp_path_factory):
    folder = tmp_path_factory.mktemp("proposed")
    done = troth("init", tavern, *PEOPLE, cwd=folder, **PASSWORDS)
    assert done.returncode == 0, done.stderr
    return folder / "troth.toml"


def asked_of(url):
    with urlopen(f"{url}/asked") as answer:
        return json.load(answer)


def test_it_only_reads_and_lets_what_wipes_the_service_alone(serve, tmp_path):
    url = serve("tavern:build_again")
    assert troth("init", url, cwd=tmp_path).returncode == 0
    seen = asked_of(url)
    assert {each.split()[0] for each in seen} == {"GET"}
    assert "GET /orders" in seen
    assert "GET /reset" not in seen


def test_what_holds_was_read_off_the_document(proposed):
    said = tomllib.loads(proposed.read_text())
    assert said["target"]["exclude"] == ["GET /reset"]
    assert said["principals"]["carl"]["login"] == {
        "grant_type": "password",
        "username": "carl",
        "password": "${CARL_PASSWORD}",
    }
    assert said["session"]["login"] == {
        "operation": "POST /door/token",
        "token": "$response.body#/jwt",
    }
    assert said["operations"]["DELETE /me"]["token"] == "$producer.POST /door/token.body#/jwt"
    assert "lifecycles" not in said
    assert "gates" not in said
    assert said["limits"] == {}


def test_no_secret_stands_in_it(proposed):
    text = proposed.read_text()
    assert not [each for each in WANTED.values() if each in text]


def test_a_guess_is_a_comment_that_can_be_let_hold(proposed, tmp_path):
    text = proposed.read_text()
    assert "# [lifecycles.order]" in text
    assert "# [gates.billing]" in text
    # A comment that is TOML begins with a table or a key.
    held = re.sub(r"(?m)^# (?=\[[^\]]+\]$|[\w\"-]+ = )", "", text)
    (tmp_path / "held.toml").write_text(held)
    file = load(tmp_path / "held.toml", environ=PASSWORDS).file
    assert file.lifecycles["order"].transitions[0].to == "cancelled"
    assert file.gates["billing"].tags == ("billing",)
    assert file.limits["login"].wrong == "/password"
    assert file.target.writes is True


def test_without_anybody_it_loads_and_runs_at_once(tavern, tmp_path):
    done = troth("init", tavern, "--yes", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert '# alice = { login = { grant_type = "password"' in (tmp_path / "troth.toml").read_text()
    run = run_suite("--target", str(tmp_path / "troth.toml"), evidence=tmp_path / "evidence")
    assert run.code == 1, run.text
    assert run.orderly(), run.text


def test_whoever_is_named_is_there_as_soon_as_the_secrets_are(tavern, tmp_path):
    done = troth("init", tavern, *PEOPLE, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "export CARL_PASSWORD=… DORA_PASSWORD=…; troth check" in done.stderr
    file = load(tmp_path / "troth.toml", environ=PASSWORDS).file
    assert file.principals["carl"].login["password"] == WANTED["carl"]
    assert set(file.principals) == {"carl", "dora"}


def test_a_base_path_that_leads_nowhere_is_told(serve, tmp_path):
    url = serve("shapes:misplaced_alone")
    assert troth("init", url, cwd=tmp_path).returncode == 0
    said = (tmp_path / "troth.toml").read_text()
    assert tomllib.loads(said)["target"]["base-url"] == url
    assert "say https://api.example.com/production/v9; what it describes is here" in said


def test_a_base_path_that_nobody_names_is_found(serve, tmp_path):
    url = f"{serve('shapes:app')}/seen"
    assert troth("init", f"{url}/openapi.json", cwd=tmp_path).returncode == 0
    said = tomllib.loads((tmp_path / "troth.toml").read_text())["target"]
    assert (said["base-url"], said["spec"]) == (url, "/openapi.json")
    checked = troth("check", "--target", "troth.toml", cwd=tmp_path)
    assert f"at {url} in HTTP/1.1: t" in checked.stdout


def test_a_run_with_it_reaches_every_operation(proposed, tmp_path):
    arguments = ("--target", str(proposed), "--require-reached", "1")
    run = run_suite(*arguments, evidence=tmp_path / "evidence", **PASSWORDS)
    assert "operations were reached" not in run.text, run.text
    reached = json.loads((tmp_path / "evidence" / "reached.json").read_text())
    assert reached["reached"] == reached["asked"] == 8
    assert "carl" in reached["operations"]["GET /orders/{order_id}"]["by"]
    assert "FUZ101" in reached["operations"]["DELETE /me"]["conclusive"]
    assert reached["operations"]["GET /reset"]["shut"] == "excluded in [target] exclude"


def test_a_file_that_is_there_is_not_written_over(tavern, tmp_path):
    (tmp_path / "troth.toml").write_text("mine")
    done = troth("init", tavern, cwd=tmp_path)
    assert done.returncode == 2
    assert "--force" in done.stderr
    assert (tmp_path / "troth.toml").read_text() == "mine"
    assert troth("init", tavern, "--force", cwd=tmp_path).returncode == 0
    assert (tmp_path / "troth.toml").read_text() != "mine"


def test_it_writes_to_stdout_and_nothing_else_there(tavern, tmp_path):
    done = alone("init", tavern, "--output", "-", cwd=tmp_path)
    assert tomllib.loads(done.stdout)["target"]["base-url"] == tavern
    assert list(tmp_path.iterdir()) == []


def test_a_document_in_a_file_will_do(serve_bytes, tmp_path):
    document = {
        "openapi": "3.1.0",
        "info": {"title": "Far", "version": "1"},
        "paths": {"/x": {"get": {"responses": {"200": {"description": "ok"}}}}},
    }
    (tmp_path / "far.json").write_text(json.dumps(document))
    done = troth("init", "far.json", cwd=tmp_path)
    assert done.returncode == 2
    assert "--base-url" in done.stderr
    url = serve_bytes(b"{}")
    done = troth("init", "far.json", "--base-url", url, "-o", "-", cwd=tmp_path)
    assert tomllib.loads(done.stdout)["target"] == {
        "name": "far",
        "base-url": url,
        "spec": "far.json",
    }


@pytest.mark.parametrize("source", ["http://127.0.0.1:9", "absent.yaml"])
def test_what_is_not_there_is_one_message(source, tmp_path):
    done = troth("init", source, cwd=tmp_path)
    assert done.returncode == 2
    assert len(done.stderr.strip().splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_schemathesis_toml_is_taken_over(tavern, tmp_path):
    (tmp_path / "schemathesis.toml").write_text(
        '[auth.dynamic.openapi.OAuth2PasswordBearer]\npath = "/door/token"\n'
        'payload = { username = "carl", password = "${CARL_PASSWORD}" }\n'
        'extract_selector = "/jwt"\n'
        '[[operations]]\ninclude-path = "/orders/{order_id}"\nparameters = { order_id = 7 }\n'
        '[[operations]]\ninclude-tag = "billing"\ninclude-method = "POST"\nenabled = false\n'
    )
    done = troth("init", tavern, cwd=tmp_path, **PASSWORDS)
    assert done.returncode == 0, done.stderr
    file = load(tmp_path / "troth.toml", environ=PASSWORDS).file
    assert file.principals["schemathesis"].login["username"] == "carl"
    assert file.session.login.operation == "POST /door/token"
    assert file.operations["GET /orders/{order_id}"].path == {"order_id": 7}
    assert "POST /orders" in file.target.exclude
    assert troth("check", "--target", "troth.toml", cwd=tmp_path, **PASSWORDS).returncode == 0


def test_an_auth_document_of_web_fuzzing_commons_names_who_may_call(tavern, tmp_path):
    (tmp_path / "auth.json").write_text(
        json.dumps(
            {
                "authTemplate": {
                    "loginEndpointAuth": {
                        "endpoint": "/door/token",
                        "verb": "POST",
                        "contentType": "application/x-www-form-urlencoded",
                        "token": {
                            "extractFromField": "/jwt",
                            "httpHeaderName": "Authorization",
                            "headerPrefix": "Bearer ",
                        },
                    }
                },
                "auth": [
                    {
                        "name": name,
                        "loginEndpointAuth": {
                            "payloadRaw": f"username={name}&password={WANTED[name]}"
                        },
                    }
                    for name in WANTED
                ],
            }
        )
    )
    done = troth("init", tavern, "--auth", "auth.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert 'principals = "auth.json"' in (tmp_path / "troth.toml").read_text()
    done = troth("check", "--target", "troth.toml", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "GET /me answered 200" in done.stdout
    assert not [each for each in WANTED.values() if each in done.stdout]


def test_check_says_what_is_asked_and_which_line_would_let_more_be_asked(proposed, tmp_path):
    done = troth("check", "--target", proposed, cwd=tmp_path, **PASSWORDS)
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"carl +login +good +GET /me answered 200", done.stdout)
    assert re.search(r"FUZ101 happy-path +8", done.stdout)
    assert "[limits] login, as `troth init` proposes it" in done.stdout
    assert "[lifecycles.order], as `troth init` proposes it" in done.stdout
    assert '[target] logs = { file = "service.log" }' in done.stdout


def test_check_tells_who_can_not_log_in(proposed, tmp_path):
    done = troth("check", "--target", proposed, cwd=tmp_path, **PASSWORDS | {"DORA_PASSWORD": "x"})
    assert done.returncode == 1
    assert re.search(r"carl +login +good", done.stdout)
    assert re.search(r"dora +login +bad .*answered 401", done.stdout)


def test_check_finds_where_the_token_stands(proposed, tmp_path):
    text = proposed.read_text().replace("body#/jwt", "body#/access_token")
    (tmp_path / "wrong.toml").write_text(text)
    done = troth("check", "--target", "wrong.toml", cwd=tmp_path, **PASSWORDS)
    assert done.returncode == 1
    assert 'login.token = "$response.body#/jwt"' in done.stdout


def test_check_names_a_variable_that_is_not_set(proposed, tmp_path):
    done = troth("check", "--target", proposed, cwd=tmp_path)
    assert done.returncode == 2
    assert "CARL_PASSWORD is not set" in done.stderr


def test_require_reached_wants_a_share(proposed, tmp_path):
    arguments = ("--target", proposed, "--require-reached", "90")
    done = alone("run", "fuzz", *map(str, arguments), cwd=tmp_path, **PASSWORDS)
    assert done.returncode == 2
    assert "number from 0 to 1" in done.stdout + done.stderr
