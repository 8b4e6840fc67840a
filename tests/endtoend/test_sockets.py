"""A WebSocket that is as it is described is found clean; each way in which it is not is found."""

import pytest

from tests.apps.sockets import KEY
from tests.endtoend.suite import replay, troth

TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"
{exclude}
[principals]
caller = {{ api-key = {{ value = "${{TALK_KEY}}", header = "X-Key" }} }}
"""
SOCKET = """
[operations.{name}]
path = {{ room = "a b" }}
send = {{ type = "say", text = "one two" }}
expect = {{ events = {events} }}
"""
FAULTS = {
    "refusing": "FUZ113 {ws} refuses a handshake with 409, undocumented",
    "failing": "FUZ103 status 500: at {ws}",
    "unlocked": "FUZ110 {ws} is declared secured, and was served without a credential",
    "inventing": "FUZ113 a frame of {ws} is of no documented type",
    "numbering": "FUZ113 `word` frames of {ws}: type: integer for string at /text",
    "muddling": "FUZ113 a `begin` frame of {ws} comes after `begin`",
    "texting": "FUZ113 a frame of {ws} is no JSON",
    "binding": "FUZ113 a binary frame of {ws}",
    "dropping": "FUZ113 {ws} drops the connection without a close frame",
    "slamming": "FUZ113 {ws} closes with 4999, undocumented",
    "careless": "FUZ113 {ws} drops the connection without a close frame",
    "misexpected": 'FUZ101 {ws}: the first events are ["begin", "word"] instead of '
    '["begin", "end"]',
}
EVENTS = {"misexpected": '["begin", "end"]', "silent": '["begin"]', "talk": '["begin", "word"]'}


@pytest.fixture(scope="module")
def run_on(serve, tmp_path_factory):
    def run(application, *names, profile):
        folder = tmp_path_factory.mktemp("sockets")
        exclude = 'exclude = ["WS /{room}/left"]' if "left" in names else ""
        text = TARGET.format(url=serve(f"sockets:{application}"), exclude=exclude)
        text += "".join(SOCKET.format(name=each, events=EVENTS.get(each, "[]")) for each in names)
        (folder / "target.toml").write_text(text)
        arguments = ("--target", str(folder / "target.toml"))
        found = troth(*arguments, evidence=folder / "evidence", profile=profile, TALK_KEY=KEY)
        assert found.orderly(), found.text
        return found

    return run


@pytest.fixture(scope="module")
def clean(run_on):
    return run_on("clean", "talk", "open", "left", profile="ci")


@pytest.fixture(scope="module")
def faulty(run_on):
    return run_on("faulty", *FAULTS, "locked", "silent", profile="smoke")


def test_a_clean_service_is_found_clean(clean):
    assert clean.code == 0, clean.text
    assert clean.findings == []
    assert {row["verdict"] for row in clean.verdicts} == {"pass"}
    assert {row["property"] for row in clean.verdicts} == {"FUZ101", "FUZ110", "FUZ113"}
    assert "0 operations, 3 WebSockets" in clean.text


def test_its_frames_are_kept_and_its_key_is_not(clean):
    talks = [each for each in clean.history if each["operation"] == "WS /{room}/talk"]
    first, refused, *others = talks
    assert len(others) > 15, "what it does not want was said to it"
    assert first["request"]["url"].endswith("/a%20b/talk")
    assert (first["response"]["status"], refused["response"]["status"]) == (101, 401)
    assert [each["sent"] for each in first["frames"]] == [True, False, False, False, False]
    assert first["frames"][2]["data"] == '{"type":"word","text":"one"}'
    assert KEY not in (clean.evidence / "history.jsonl").read_text()
    assert "WS /{room}/talk" in (clean.evidence / "manifest.json").read_text()


def test_an_excluded_socket_is_not_opened(clean):
    assert clean.asked() == {"WS /{room}/talk", "WS /{room}/open"}
    # What belongs to no operation is the document, as it was read first.
    assert {each["operation"] for each in clean.history[1:]} == clean.asked()


def test_each_fault_is_found_and_nothing_else(faulty):
    assert faulty.code == 1
    wanted = [root.format(ws=f"WS /{{room}}/{name}") for name, root in FAULTS.items()]
    wanted.append("FUZ110 a credential is enforced, not declared")
    assert faulty.roots() == sorted(wanted), faulty.text


def test_silence_is_inconclusive_and_a_bad_description_an_error(faulty):
    silent = [each for each in faulty.said("inconclusive") if "/silent" in each]
    assert len(silent) == 1
    assert silent[0].startswith("FUZ101 ")
    (said,) = faulty.said("error")
    assert said.startswith("FUZ101 WS /{room}/misdescribed: ")
    assert "/x-websocket/order: it can not be read: a `(` is not closed" in said


def test_a_finding_is_replayed_with_its_frames(faulty):
    (finding,) = [each for each in faulty.findings if "integer" in each["root"]]
    assert "-H 'Upgrade: websocket'" in finding["curl"]
    target = ("--target", str(faulty.evidence.parent / "target.toml"))
    code, said = replay(faulty, finding, *target, TALK_KEY=KEY)
    assert code == 1, said
    assert "frame 2 (`word`): /text is integer, not string" in said
