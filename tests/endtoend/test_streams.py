"""Streams that never end cost a moment, not their time; every event that came whole is judged."""

import pytest

from tests.endtoend.suite import troth

TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"
[operations.count]
expect = {{ status = 200, events = ["tick", "tick"], last-data = "[DONE]" }}
[operations.beat]
expect = {{ events = ["ping", "tick"] }}
"""


@pytest.fixture(scope="module")
def run_on(serve, tmp_path_factory):
    def run(application, profile, text=TARGET):
        folder = tmp_path_factory.mktemp("streams")
        file = folder / "target.toml"
        file.write_text(text.format(url=serve(application)))
        return troth("--target", str(file), evidence=folder / "evidence", profile=profile)

    return run


def spent(run, path):
    return [
        each["elapsed_ms"]
        for each in run.history
        if each["request"]["url"].endswith(path)
        and each["request"]["method"] == "GET"
        and each["response"]["status"] == 200
    ]


@pytest.mark.parametrize(("profile", "first"), [("smoke", 1000), ("ci", 3000)])
def test_a_clean_service_is_found_clean_and_waited_for_once(run_on, profile, first):
    run = run_on("streams:clean", profile)
    assert run.findings == [], run.text
    assert run.said("inconclusive") + run.said("error") == []
    for path in ("/beat", "/silence"):
        waited, *rest = spent(run, path)
        assert 400 < waited < first
        assert rest
        assert max(rest) < 400
    whole = [each for each in run.history if each["operation"] == "GET /count"]
    assert not [each for each in whole if each["response"] and each["response"]["truncated"]]


def test_the_data_of_an_event_is_judged_by_its_schema(run_on):
    run = run_on("streams:app", "smoke")
    assert {each["property"] for each in run.findings} == {"FUZ102"}, run.text
    assert "event 2 (`tick`), its data at /n: /n is string, not integer" in run.text


def test_an_expectation_of_events_that_fails_is_a_finding(run_on):
    text = TARGET.replace('"tick", "tick"', '"tick", "tock"').replace('"[DONE]"', '"x"')
    run = run_on("streams:clean", "smoke", text)
    assert [each["property"] for each in run.findings] == ["FUZ101"]
    assert 'the first events are ["tick", "tick"] instead of ["tick", "tock"]' in run.text
