"""The one task runner: `uv run --group tasks nox -s lint types tests smoke wheel`.

Every session calls `uv run`, so that a task, CI and a person at a prompt use one environment.
"""

import tempfile
from pathlib import Path

import nox

nox.options.default_venv_backend = "none"
nox.options.sessions = ["lint", "types", "tests", "smoke", "wheel"]


@nox.session
def lint(session: nox.Session) -> None:
    session.run("uv", "run", "ruff", "check", ".")
    session.run("uv", "run", "ruff", "format", "--check", ".")


@nox.session
def types(session: nox.Session) -> None:
    session.run("uv", "run", "mypy")


@nox.session
def tests(session: nox.Session) -> None:
    session.run("uv", "run", "pytest", "tests", *session.posargs)


@nox.session
def coverage(session: nox.Session) -> None:
    session.run("uv", "run", "coverage", "erase")
    session.run("uv", "run", "coverage", "run", "-m", "pytest", "tests", *session.posargs)
    session.run("uv", "run", "coverage", "combine", "--quiet")
    session.run("uv", "run", "coverage", "report")


@nox.session
def smoke(session: nox.Session) -> None:
    session.run("uv", "run", "pytest", "fuzz", "--hypothesis-profile", "smoke", *session.posargs)


@nox.session(name="smoke-http")
def smoke_http(session: nox.Session) -> None:
    """One success an operation: starts the service, waits for it, asks, stops it.

    A line for each request, and the first failure ends it. `-- --target FILE` asks another service.
    """
    session.run(
        *("uv", "run", "pytest", "fuzz/test_happy_path.py", "--hypothesis-profile", "smoke"),
        *("--maxfail=1", "--requests", *session.posargs),
    )


@nox.session(name="stripe-replay")
def stripe_replay(session: nox.Session) -> None:
    """Recorded payment webhooks, replayed in every order, end in one state."""
    session.run(
        *("uv", "run", "pytest", "tests/integration", "-m", "stripe_replay"),
        *("--enable-stripe-replay", *session.posargs),
    )


@nox.session
def otlp(session: nox.Session) -> None:
    """What the service exports arrives at a real OTLP/HTTP receiver."""
    session.run("uv", "run", "pytest", "tests/integration", "-m", "otlp", *session.posargs)


@nox.session
def wheel(session: nox.Session) -> None:
    """The built wheel does its main job in an empty environment, outside the checkout.

    All suites are collected, and each operation is to succeed once: `smoke` asks the rest.
    """
    root = Path.cwd()
    with tempfile.TemporaryDirectory() as name:
        work = Path(name)
        python = str(work / "venv" / "bin" / "python")
        session.run("uv", "build", "--quiet", "--wheel", "--out-dir", name)
        (built,) = work.glob("*.whl")
        session.run(
            *("uv", "export", "--quiet", "--locked", "--no-dev", "--no-emit-project"),
            *("--no-hashes", "--output-file", str(work / "constraints.txt")),
        )
        session.run("uv", "venv", "--quiet", str(work / "venv"))
        session.run(
            *("uv", "pip", "install", "--quiet", "--python", python),
            *("--constraints", str(work / "constraints.txt"), str(built)),
        )
        session.chdir(work)
        session.run(str(work / "venv" / "bin" / "troth"), "--version")
        session.run(
            *(python, "-m", "pytest", "--pyargs", "troth.suites.fuzz"),
            *("--hypothesis-profile", "smoke", "-k", "test_happy_path"),
        )
        session.chdir(root)


@nox.session
def docs(session: nox.Session) -> None:
    """What the documents promise is what exists."""
    session.run("uv", "run", "pytest", "tests/meta/test_catalogue.py")
    session.run("uv", "run", "troth", "matrix")


@nox.session
def bench(session: nox.Session) -> None:
    session.run("uv", "run", "python", "-m", "benchmarks", *session.posargs)
