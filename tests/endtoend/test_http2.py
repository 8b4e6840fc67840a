"""Over HTTP/2 a service is told the same as over HTTP/1.1: the verdicts, and the faults."""

import pytest
from click.testing import CliRunner

from tests.certificates import self_signed
from tests.endtoend.suite import troth
from tests.serving import process
from troth import cli

HTTP2 = "http2 = true\n"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return [str(each) for each in self_signed(tmp_path_factory.mktemp("tls"))]


@pytest.fixture(scope="module")
def run(services, certificate, tmp_path_factory):
    """Runs `fuzz` on the faulty library, served by one server in three ways; each is run once."""
    done = {}

    def once(way):
        if way not in done:
            tls = certificate if way == "over TLS" else []
            url = services.enter_context(
                process("tests.apps.serve_http2", "tests.apps.library:app", *tls)
            )
            told = f'base-url = "{url.replace("http:", "https:") if tls else url}"\n'
            told += f'verify = "{certificate[0]}"\n' if tls else ""
            told += "" if way == "HTTP/1.1" else HTTP2
            folder = tmp_path_factory.mktemp("run")
            file = folder / "target.toml"
            file.write_text(f'[target]\nspec = "/openapi.json"\n{told}')
            seed = ("--hypothesis-seed", "7")
            done[way] = troth("--target", str(file), *seed, evidence=folder / "evidence")
        return done[way]

    return once


def verdicts(run):
    return {(row["property"], row["operation"]): row["verdict"] for row in run.verdicts}


def servers(run):
    """What the server says of itself, which tells the version of HTTP that it was asked in."""
    answers = [each["response"] for each in run.history]
    headers = [pair for each in answers if each for pair in each["headers"]]
    return {value for name, value in headers if name.lower() == "server"}


@pytest.mark.parametrize("way", ["in the clear", "over TLS"])
def test_the_same_is_said_over_http2(run, way):
    before, now = run("HTTP/1.1"), run(way)
    assert servers(before) == {"hypercorn-h11"}
    assert servers(now) == {"hypercorn-h2"}, now.text
    assert now.roots() == before.roots() != []
    assert verdicts(now) == verdicts(before)
    assert now.code == before.code == 1


def test_check_says_what_was_spoken(services, tmp_path):
    url = services.enter_context(process("tests.apps.serve_http2", "tests.apps.library:clean"))
    file = tmp_path / "target.toml"
    for line, spoken in (("", "HTTP/1.1"), (HTTP2, "HTTP/2")):
        file.write_text(f'[target]\nbase-url = "{url}"\nspec = "/openapi.json"\n{line}')
        said = CliRunner().invoke(cli.troth, ["check", "--target", str(file)])
        assert said.exit_code == 0, said.output
        assert f"at {url} in {spoken}: " in " ".join(said.output.split())
