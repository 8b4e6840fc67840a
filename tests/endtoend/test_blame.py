"""Where a service answers 500 to everything, hostile values are not blamed for it."""

import pytest

from tests.endtoend.suite import troth


@pytest.fixture(scope="module", params=["clean", "broken"])
def run(request, serve, tmp_path_factory):
    url = serve(f"brittle:{request.param}") + "/openapi.json"
    evidence = tmp_path_factory.mktemp(request.param) / "evidence"
    return request.param, troth("--target-url", url, evidence=evidence, profile="ci")


def test_one_cause_is_one_finding(run):
    name, came = run
    # Stock FastAPI really crashes on some bodies of a POST.
    lists = [each for each in came.findings if "GET /notes" in each["operations"]]
    found = {each["property"] for each in lists if "500" in each["message"]}
    assert found == ({"FUZ103", "FUZ120"} if name == "broken" else set())


def test_what_was_asked_of_it_then_shows_nothing(run):
    name, came = run
    reasons = [each for each in came.said("inconclusive") if "without any fault, too" in each]
    assert bool(reasons) == (name == "broken")
    assert came.orderly()
