"""One instance on PostgreSQL and Redis, asked twice: the same result, and no secret in its log."""

import json
import os
import re
import secrets
import subprocess
import sys
import threading
import tomllib
import uuid
from contextlib import contextmanager

import pytest
import redis
import sqlalchemy

from tests.serving import ROOT

POSTGRES = "postgresql+psycopg://postgres@127.0.0.1:5432"
REDIS = "redis://127.0.0.1:6379/2"
PROFILE = os.environ.get("TROTH_TEST_PROFILE")
"""`smoke` asks everything, and `ci` looks deep: both are too long for every day, which has each
operation once, and every property of those through which most secrets pass."""
PART = ["-k", "test_happy_path or auth"]


@contextmanager
def database():
    name = f"troth_suite_{uuid.uuid4().hex[:12]}"
    admin = sqlalchemy.create_engine(f"{POSTGRES}/postgres", isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(sqlalchemy.text(f"CREATE DATABASE {name}"))
    try:
        yield f"{POSTGRES}/{name}"
    finally:
        with admin.connect() as connection:
            connection.execute(sqlalchemy.text(f"DROP DATABASE {name} WITH (FORCE)"))
        admin.dispose()


@contextmanager
def prefix():
    """Names in Redis that nobody else uses, and that go with the test."""
    found = f"troth-suite-{uuid.uuid4().hex[:12]}"
    try:
        yield found
    finally:
        with redis.Redis.from_url(REDIS) as client:
            for key in client.scan_iter(f"{found}*"):
                client.delete(key)


def asked(target, directory, environ):
    command = [sys.executable, "-m", "pytest", "fuzz", "-q", "-p", "no:cacheprovider"]
    options = ["--hypothesis-profile", PROFILE or "smoke", "--evidence", str(directory)]
    return subprocess.run(
        [*command, *options, "--target", str(target), *([] if PROFILE else PART)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )


def drained(service, log):
    """Write all that the service says into ``log``, until it ends; its address, as it says it."""
    sink = log.open("w", encoding="utf-8")
    for line in service.stdout:
        sink.write(line)
        record = json.loads(line)
        if record["event"] == "ready":
            break
    else:
        raise AssertionError(log.read_text(encoding="utf-8"))

    def rest():
        with sink, service.stdout:
            sink.writelines(service.stdout)

    drain = threading.Thread(target=rest)
    drain.start()
    return drain, f"http://{record['host']}:{record['port']}"


@pytest.fixture(scope="module")
def instance(tmp_path_factory):
    folder = tmp_path_factory.mktemp("instance")
    text = (ROOT / "conf" / "target.toml").read_text(encoding="utf-8")
    conf = tomllib.loads(text)
    log, seen = folder / "log", folder / "seen"
    with database() as url, prefix() as names:
        environ = {
            **os.environ,
            **{
                name: value.replace("{scratch}", str(folder))
                for name, value in conf["target"]["env"].items()
            },
            **{name: secrets.token_urlsafe(18) for name in conf["target"]["invent"]},
            # Of a service that runs already a target file can not know what it has.
            **{gate["env"]: "1" for gate in conf["gates"].values()},
            "TROTH_REFERENCE_DATABASE_URL": url,
            "TROTH_REFERENCE_REDIS_URL": REDIS,
            "TROTH_REFERENCE_REDIS_PREFIX": names,
        }
        service = subprocess.Popen(
            [sys.executable, "-m", "tests.apps.witness", "0", str(seen)],
            cwd=ROOT,
            env=environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            drain, address = drained(service, log)
            target = folder / "target.toml"
            target.write_text(running(text, address), encoding="utf-8")
            turns = [folder / "first", folder / "second"]
            runs = [(asked(target, turn, environ), turn) for turn in turns]
        finally:
            service.terminate()
            ended = service.wait(60)
        drain.join()
    assert ended == 0
    given = [environ[name] for name in conf["target"]["invent"]]
    return runs, log.read_text(encoding="utf-8"), {*seen_in(seen), *given}


def running(text, address):
    """The default target file, for an instance that runs already."""
    text = re.sub(r"(?m)^start +=.*troth\.reference.*$", f'base-url = "{address}"', text)
    text = re.sub(r"(?m)^(start-timeout|logs +=).*\n", "", text)
    text = re.sub(r"(?ms)^invent = \[.*?^\]\n", "", text)
    return re.sub(r"(?m)^\[target\.env\]\n(?:(?!\[).*\n)*", "", text)


def seen_in(file):
    """Secrets that are long and mixed enough not to stand in a log by chance."""
    found = {json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()}
    return {each for each in found if len(each) >= 12 and len(set(each)) >= 6}


def test_both_runs_reach_everything_and_find_nothing(instance):
    runs, _, _ = instance
    verdicts = []
    for process, directory in runs:
        assert process.returncode == 0, process.stdout[-3000:] + process.stderr[-1000:]
        found = json.loads((directory / "findings.json").read_text(encoding="utf-8"))
        assert found["findings"] == []
        verdicts.append({(v["property"], v["operation"]): v["verdict"] for v in found["verdicts"]})
    assert verdicts[0] == verdicts[1]
    assert set(verdicts[0].values()) == {"pass"}
    assert len({operation for _, operation in verdicts[0]}) >= 150


def test_it_stands_on_postgresql_and_redis(instance):
    runs, _, _ = instance
    for line in (runs[0][1] / "history.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if record["operation"] == "GET /health/ready" and record["response"]["status"] == 200:
            assert '"redis"' in record["response"]["body"]
            return
    raise AssertionError("nobody asked whether it is ready")


def test_the_log_is_json_and_has_no_secret_in_it(instance):
    _, log, witnessed = instance
    assert len(witnessed) > 200
    lines = [json.loads(line) for line in log.splitlines()]
    assert sum(line["event"] == "request" for line in lines) > 1000
    assert [f"{each[:8]}…" for each in sorted(witnessed) if each in log] == []
