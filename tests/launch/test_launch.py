"""A started service is waited for, heard, and stopped with all that it started."""

import json
import os
import select
import signal
import socket
import subprocess
import sys
import textwrap
import threading
import urllib.request
from pathlib import Path
from time import monotonic

import pytest

from troth import launch as module
from troth.config.target import TargetSection
from troth.errors import UsageError
from troth.launch import launch
from troth.launch.output import KEPT, LONGEST, Output

SERVER = """
import http.server, json, os, sys, threading
class Answer(http.server.BaseHTTPRequestHandler):
    asked = 0
    def do_GET(self):
        type(self).asked += 1
        slow = self.path == "/ready" and self.asked < 3
        self.send_response(503 if slow else 404 if self.path == "/gone" else 200)
        self.end_headers()
        if self.path == "/die":
            self.wfile.flush()
            os._exit(7)
        if not slow:
            about = {"env": dict(os.environ), "cwd": os.getcwd(), "argv": sys.argv[1:]}
            self.wfile.write(json.dumps(about).encode())
        print("asked for", self.path)
        print("on standard error", file=sys.stderr)
    def log_message(self, *_): pass
http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Answer).serve_forever()
"""


@pytest.fixture
def script(tmp_path):
    def script(text, name="serve.py"):
        path = tmp_path / name
        path.write_text(textwrap.dedent(text))
        return path

    return script


@pytest.fixture
def started(tmp_path):
    running = []

    def started(*command, env=None, log=None, redact=None, **keys):
        if command:
            keys["start"] = ("{python}", *map(str, command))
        section = TargetSection.model_validate({k.replace("_", "-"): v for k, v in keys.items()})
        launched = launch(section, env=env or {}, folder=tmp_path, log=log, redact=redact)
        running.append(launched)
        return launched

    yield started
    for each in running:
        each.stop()


def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read()


def heard(launched, text):
    """Wait until a line is there: the pipe is read by a thread."""
    waiting = threading.Event()
    for _ in range(500):
        if any(text in line for line in launched.lines()):
            return True
        waiting.wait(0.01)
    return False


def ended(pid):
    """Wait until a process that is no child of ours is gone."""
    waiting = threading.Event()
    for _ in range(1500):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return True
        except (FileNotFoundError, ProcessLookupError):
            return True
        waiting.wait(0.01)
    return False


def test_it_is_ready_where_it_says(script, started):
    launched = started(script(SERVER), "{port}", ready="/ready")
    assert launched.base_url.startswith("http://127.0.0.1:")
    assert launched.exited() is None
    assert launched.returncode is None
    about = json.loads(get(launched.base_url + "/x"))
    assert about["argv"] == [launched.base_url.rpartition(":")[2]]


def test_without_a_path_a_connection_is_enough(script, started):
    assert get(started(script(SERVER), "{port}").base_url + "/x")


def test_its_environment_and_folder(script, started, tmp_path, monkeypatch):
    monkeypatch.setenv("INHERITED", "1")
    monkeypatch.setenv("OVERRIDDEN", "by nobody")
    (tmp_path / "inside").mkdir()
    section = {"OVERRIDDEN": "by the file", "INVENTED": "not", "ADDRESS": "127.0.0.1:{port}"}
    launched = launch(
        TargetSection.model_validate(
            {
                "start": ["{python}", str(script(SERVER)), "{port}", '{"json": 1}'],
                "env": section,
                "folder": str(tmp_path / "inside"),
            }
        ),
        env={"INVENTED": "by troth"},
        folder=tmp_path,
    )
    with launched:
        about = json.loads(get(launched.base_url + "/x"))
    assert about["env"]["INHERITED"] == "1"
    assert about["env"]["OVERRIDDEN"] == "by the file"
    assert about["env"]["INVENTED"] == "by troth"
    assert about["env"]["ADDRESS"] == launched.base_url.removeprefix("http://")
    assert about["cwd"] == str(tmp_path / "inside")
    assert about["argv"][1] == '{"json": 1}'


APP = """
import os
from neighbour import NAME
async def app(scope, receive, send):
    if scope["type"] != "http":
        return
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": f"{NAME} {os.getcwd()}".encode()})
"""


def test_an_application_lies_beside_the_file_or_where_troth_runs(script, tmp_path, monkeypatch):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "neighbour.py").write_text("NAME = 'found'")
    script(APP, "orders.py")
    monkeypatch.chdir(elsewhere)
    section = TargetSection.model_validate({"app": "orders:app", "ready": "/"})
    with launch(section, env={}, folder=tmp_path) as launched:
        assert get(launched.base_url + "/x").decode() == f"found {tmp_path}"
        assert heard(launched, "Uvicorn running on")
        assert "/x" not in "".join(launched.lines())
    assert launched.returncode is not None


def test_its_output_is_kept_from_a_mark_on(script, started, tmp_path):
    log = tmp_path / "out.log"
    launched = started(script(SERVER), "{port}", log=log)
    get(launched.base_url + "/before")
    assert heard(launched, "/before")
    mark = launched.mark()
    get(launched.base_url + "/after")
    assert heard(launched, "/after")
    launched.stop()
    assert launched.since(mark) == ["asked for /after", "on standard error"]
    assert launched.lines()[:2] == ["asked for /before", "on standard error"]
    assert log.read_text().splitlines() == launched.lines()


def test_it_dies_in_the_middle_of_a_run(script, started):
    launched = started(script(SERVER), "{port}")
    get(launched.base_url + "/x")
    assert not launched.ended()
    get(launched.base_url + "/die")
    assert launched.wait(10) == 7
    assert launched.exited() == launched.returncode == 7
    assert launched.ended() == (
        "ended with exit code 7; its last lines:\n  asked for /x\n  on standard error"
    )
    launched.stop()


def test_stopping_twice_does_no_harm(script, started):
    launched = started(script(SERVER), "{port}")
    launched.stop()
    launched.stop()
    assert launched.exited() == -signal.SIGTERM
    with pytest.raises(OSError, match="refused"):
        get(launched.base_url + "/x")


FAMILY = """
import subprocess, sys
child = subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"])
print("child", child.pid, flush=True)
"""


def test_what_it_started_ends_with_it(script, started):
    launched = started(script(FAMILY + SERVER), "{port}")
    assert heard(launched, "child")
    child = int(launched.lines()[0].split()[1])
    launched.stop()
    assert ended(child)


def test_who_does_not_heed_sigterm_is_killed(script, started, monkeypatch):
    monkeypatch.setattr("troth.launch.process.GRACE", 0.2)
    launched = started(
        script("import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN)" + SERVER), "{port}"
    )
    launched.stop()
    assert launched.exited() == -signal.SIGKILL


# What goes wrong.


def test_it_dies_at_its_start(script, started):
    lines = "for n in range(30): print('line', n)\nprint('with', __import__('os').environ['PW'])\n"
    path = script(lines + "raise SystemExit(3)")
    with pytest.raises(UsageError) as raised:
        started(path, "{port}", env={"PW": "hunter2hunter2"})
    said = str(raised.value)
    assert "ended with exit code 3 before it was ready; its last lines:" in said
    assert "line 29" in said
    assert "line 10" not in said
    assert "with [secret]" in said


def test_it_is_killed_at_its_start(script, started):
    path = script("import os; os.kill(os.getpid(), 9)")
    with pytest.raises(UsageError, match=r"ended with signal SIGKILL .* it printed nothing"):
        started(path, "{port}")


def test_the_error_is_redacted_as_told(script, started):
    path = script("print('a quiet word'); raise SystemExit(1)")
    with pytest.raises(UsageError, match="a loud word"):
        started(path, "{port}", redact=lambda text: text.replace("quiet", "loud"))


def test_it_is_never_ready(script, started):
    with pytest.raises(UsageError) as raised:
        started(script(SERVER), "{port}", ready="gone", start_timeout=1.5)
    said = str(raised.value)
    assert "was not ready within 1.5 s: GET /gone answered 404; correct `ready`" in said
    assert "asked for /gone" in said


def test_it_never_listens(script, started):
    path = script("import signal; signal.pause()")
    with pytest.raises(
        UsageError, match=r"not ready within 0\.5 s: 127\.0\.0\.1:\d+ takes no conn"
    ):
        started(path, "{port}", start_timeout=0.5)


def test_nothing_is_left_of_what_was_not_ready(script, started, tmp_path):
    path = script(
        "import os, signal, sys; open('pid', 'w').write(str(os.getpid())); signal.pause()"
    )
    with pytest.raises(UsageError):
        started(path, "{port}", start_timeout=1)
    assert ended(int((tmp_path / "pid").read_text()))


def test_a_program_that_is_not_there(tmp_path):
    section = TargetSection.model_validate({"start": ["no-such-program", "{port}"]})
    with pytest.raises(UsageError, match=r"cannot run `no-such-program` in .*: No such file"):
        launch(section, env={}, folder=tmp_path)


@pytest.mark.parametrize("keys", [{"env": {"A=B": "1"}}, {"env": {"A": "\0"}}])
def test_an_environment_that_no_process_can_have(tmp_path, keys):
    section = TargetSection.model_validate({"start": [sys.executable, "{port}"], **keys})
    with pytest.raises(UsageError, match=r"cannot run .*: (embedded null|illegal environment)"):
        launch(section, env={}, folder=tmp_path)


def test_a_folder_that_is_not_there(tmp_path):
    section = TargetSection.model_validate({"start": ["x", "{port}"]})
    with pytest.raises(UsageError, match="there is no folder"):
        launch(section, env={}, folder=tmp_path / "gone")


def test_a_log_that_cannot_be_written(script, started, tmp_path):
    with pytest.raises(UsageError, match="cannot write the log"):
        started(script(SERVER), "{port}", log=tmp_path / "gone" / "log")


def test_nothing_to_start(tmp_path):
    with pytest.raises(UsageError, match="neither `app` nor `start`"):
        launch(TargetSection(), env={}, folder=tmp_path)


def test_a_port_that_somebody_took_in_the_meantime(script, started, monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound, and not listening: connections are refused
        lost = taken.getsockname()[1]
        free = module._free_port
        ports = iter([lost])
        monkeypatch.setattr(module, "_free_port", lambda: next(ports, None) or free())
        launched = started(script(SERVER), "{port}")
        assert not launched.base_url.endswith(f":{lost}")


def test_the_path_may_be_any_text(script, started):
    with pytest.raises(UsageError, match="GET /gone%20h%C3%A9r%0Ae answered 404"):
        started(
            script(SERVER.replace('"/gone"', '"/gone%20h%C3%A9r%0Ae"')),
            "{port}",
            ready="/gone h\u00e9r\ne",
            start_timeout=1,
        )


def test_the_port_and_the_interpreter_are_filled_in_and_nothing_else():
    section = TargetSection.model_validate(
        {"start": ["{python}", "--at={port}", '{"a": {}}', "{other}", "$HOME", "{{port}}"]}
    )
    assert module.command(section, 7) == [
        sys.executable,
        "--at=7",
        '{"a": {}}',
        "{other}",
        "$HOME",
        "{7}",
    ]


def test_a_service_is_ready_as_soon_as_it_is(script, started):
    """Ten times what it costs on an idle machine; a poll of a second would be seen."""
    ready = script(
        "import socket, sys\ns = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n"
        "while True: s.accept()[0].close()\n"
    )
    started(ready, "{port}")
    before = monotonic()
    started(ready, "{port}")
    assert monotonic() - before < 0.8


def test_a_proxy_is_not_asked(script, started, monkeypatch):
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    assert started(script(SERVER), "{port}", ready="/ready").exited() is None


# However this process ends, the service does.

STARTER = """
import os, signal, sys
from pathlib import Path
from troth.config.target import TargetSection
from troth.launch import launch
section = TargetSection.model_validate({"start": ["{python}", sys.argv[1], "{port}"]})
launched = launch(section, env={}, folder=Path(sys.argv[1]).parent)
print(launched.pid, flush=True)
if sys.argv[2] == "wait":
    sys.stdin.read()
if sys.argv[2] == "raise":
    raise RuntimeError
"""


@pytest.fixture
def starter(script):
    running = []

    def starter(how):
        process = subprocess.Popen(
            [sys.executable, str(script(STARTER, "starter.py")), str(script(SERVER)), how],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        running.append(process)
        assert select.select([process.stdout], [], [], 30)[0]
        return process, int(process.stdout.readline())

    yield starter
    for process in running:
        process.kill()
        process.wait()
        process.stdin.close()
        process.stdout.close()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL, signal.SIGHUP])
def test_no_signal_leaves_an_orphan(starter, number):
    process, service = starter("wait")
    os.kill(service, 0)
    process.send_signal(number)
    process.wait(30)
    assert ended(service)


@pytest.mark.parametrize("how", ["return", "raise"])
def test_no_end_leaves_an_orphan(starter, how):
    process, service = starter(how)
    process.wait(30)
    assert ended(service)


# What it prints.


def pumped(output, *chunks):
    reading, writing = os.pipe()
    thread = threading.Thread(target=output.pump, args=(os.fdopen(reading, "rb"),))
    thread.start()
    with os.fdopen(writing, "wb", buffering=0) as pipe:
        for chunk in chunks:
            pipe.write(chunk)
    thread.join(30)
    return output


def test_lines_are_whole():
    output = pumped(Output(), b"on", b"e\r\ntw", b"o\n\nl", b"ast")
    assert output.lines() == ["one", "two", "", "last"]


def test_what_is_no_utf_8_is_seen_all_the_same():
    assert pumped(Output(), b"a\xffb\n").lines() == ["a\N{REPLACEMENT CHARACTER}b"]


def test_a_line_without_an_end_is_bounded():
    output = pumped(Output(), b"x" * (3 * LONGEST))
    assert {len(line) for line in output.lines()} == {LONGEST}
    assert sum(map(len, output.lines())) == 3 * LONGEST


def test_what_is_no_longer_in_memory_is_missed_loudly():
    output = pumped(Output(), b"x\n" * (KEPT + 5))
    assert output.mark() == KEPT + 5
    assert len(output.lines()) == KEPT
    assert len(output.since(5)) == KEPT
    with pytest.raises(LookupError, match="5 lines since then are no longer in memory"):
        output.since(0)


def test_a_full_disk_does_not_stop_the_service():
    with Path("/dev/full").open("wb", buffering=0) as full:
        output = pumped(Output(full), b"one\n", b"two\n")
    assert output.lines() == ["one", "two"]
    assert "No space left" in output.failed
