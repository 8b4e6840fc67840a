"""Headers, formats, tags and events that are as promised are silent; each that is not is found."""

import pytest

from tests.endtoend.suite import replay, troth

TARGET = """
[target]
base-url = "{url}"
spec = "/openapi.json"
"""
FOUND = {
    "FUZ112 GET /ticks begins anew although Last-Event-ID says where to go on",
    "FUZ112 GET /ticks ends before its last event",
    "FUZ115 a 429 has no Retry-After",
    "FUZ115 what remains of a limit never falls",
    "FUZ117 the date-time `at` has no zone",
    "FUZ118 a 4xx has no x-request-id",
    "FUZ118 an unclean x-request-id that was sent comes back as the answer's own",
    "FUZ118 an over-long x-request-id that was sent comes back as the answer's own",
    "FUZ119 If-Match with a tag that is stale is not refused with 412",
    "FUZ119 If-None-Match with the tag marked as weak is not answered 304",
}
OURS = ("FUZ112", "FUZ115", "FUZ117", "FUZ118", "FUZ119")


@pytest.fixture(scope="module")
def run_on(serve, tmp_path_factory):
    def run(application, profile):
        folder = tmp_path_factory.mktemp("promises")
        (folder / "target.toml").write_text(TARGET.format(url=serve(application)))
        arguments = ("--target", str(folder / "target.toml"))
        return troth(*arguments, evidence=folder / "evidence", profile=profile)

    return run


def test_a_service_that_keeps_its_promises_is_found_clean(run_on):
    run = run_on("promises:clean", "smoke")
    assert run.findings == [], run.text
    assert run.said("error") + run.said("inconclusive") == []
    asked = {row["property"] for row in run.verdicts if row["verdict"] == "pass"}
    assert asked >= set(OURS)


@pytest.fixture(scope="module")
def faulty(run_on):
    return run_on("promises:app", "smoke")


def test_each_promise_that_is_broken_is_found(faulty):
    run = faulty
    roots = set(run.roots())
    # Of one property on one operation, what fails first ends the example.
    assert {each for each in roots if each.startswith(OURS)} <= FOUND, run.text
    assert {each.split()[0] for each in roots} == set(OURS), run.text
    assert len(roots) >= 7, run.text


@pytest.fixture(scope="module")
def stock(run_on):
    return run_on("stock:app", "smoke")


def test_a_stock_service_that_promises_none_of_it_is_not_accused(stock):
    assert not [each for each in stock.roots() if each.startswith(OURS)], stock.text
    assert not [each for each in stock.said("inconclusive") if each.startswith(OURS)]


def test_a_finding_of_a_check_replays(faulty):
    (zone,) = [each for each in faulty.findings if each["property"] == "FUZ117"]
    code, said = replay(faulty, zone, "--target", str(faulty.evidence.parent / "target.toml"))
    assert code == 1, said
