"""A waived finding stays in sight, with its reason, and turns nothing red; and only it does."""

import json
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree as ET

import pytest

from tests.endtoend.suite import troth

TOMORROW = datetime.now(UTC).date() + timedelta(days=1)
YESTERDAY = TOMORROW - timedelta(days=2)
REASON = "ticket 7, agreed with the team"
ONLY = ("--operation", "GET /shelves", "--operation", "POST /shelves")


def waiver(fingerprint, expires=TOMORROW):
    return (
        f'[[policy.waivers]]\nfingerprint = "{fingerprint}"\n'
        f'reason = "{REASON}"\nexpires = {expires}\n'
    )


@pytest.fixture(scope="module")
def url(serve):
    return serve("library:app")


@pytest.fixture(scope="module")
def plain(url, tmp_path_factory):
    """The run without waivers."""
    run = troth("--target-url", url, *ONLY, evidence=tmp_path_factory.mktemp("plain") / "e")
    assert run.code == 1, run.text
    assert len(run.findings) > 1
    return run


@pytest.fixture(scope="module")
def waived(url, tmp_path_factory):
    """A run with these waivers, and pytest's arguments."""

    def waived(*waivers, arguments=()):
        folder = tmp_path_factory.mktemp("waived")
        file = folder / "library.toml"
        file.write_text(f'[target]\nbase-url = "{url}"\n' + "".join(waivers))
        return troth("--target", str(file), *ONLY, *arguments, evidence=folder / "e")

    return waived


@pytest.fixture(scope="module", params=[(), ("-n", "2")], ids=["one", "distributed"])
def green(request, plain, waived):
    """The run in which everything is waived, and something that is not found."""
    waivers = [waiver("0123456789ab"), *(waiver(each["id"]) for each in plain.findings)]
    return waived(*waivers, arguments=request.param)


def test_a_run_whose_findings_are_all_waived_is_green(green):
    assert green.code == 0, green.text
    assert "red because" not in green.text
    last = green.text.splitlines()[-1]
    assert " failed" not in last
    assert " waived" in last


def test_what_is_waived_stays_in_sight_with_its_reason(plain, green):
    said = f"waived until {TOMORROW}: {REASON}"
    assert {each["id"]: each["waived"] for each in green.findings} == {
        each["id"]: said for each in plain.findings
    }
    assert said in green.text
    assert f"{len(plain.findings)} findings, {len(plain.findings)} of them waived" in green.text
    failed = {(each["property"], each["operation"]) for each in plain.verdicts}
    assert {(each["property"], each["operation"]) for each in green.verdicts} == failed
    assert green.said("fail")


def test_pytest_and_junit_know_it_as_expected(green):
    junit = ET.parse(green.evidence / "junit.xml").getroot()
    kinds = [each.get("type") for each in junit.iter("skipped") if REASON in each.get("message")]
    assert kinds
    assert set(kinds) == {"pytest.xfail"}
    assert not list(junit.iter("failure"))


def test_the_manifest_counts_it(plain, green):
    manifest = json.loads((green.evidence / "manifest.json").read_text())
    assert manifest["counts"]["waived"] == manifest["counts"]["findings"] == len(plain.findings)
    assert manifest["exit"] == {"code": 0, "reasons": []}


def test_a_waiver_that_matches_nothing_is_noted(green):
    assert f"note the waiver of 0123456789ab ({REASON}) matches nothing in this run" in green.text


def test_what_is_not_waived_stays_red(plain, waived):
    known, *others = (each["id"] for each in plain.findings)
    run = waived(waiver(known))
    assert run.code == 1
    assert all(f"troth replay {each}" in run.text for each in others)
    assert f"red because {len(others)} finding" in run.text
    assert [each["id"] for each in run.findings if each["waived"]] == [known]


def test_an_expired_waiver_is_red_and_covers_nothing(plain, waived):
    first, *rest = (each["id"] for each in plain.findings)
    run = waived(waiver(first, YESTERDAY), *map(waiver, rest))
    assert run.code == 1
    assert f"red because the waiver of {first} ({REASON}) expired on {YESTERDAY}" in run.text
    assert " failed" in run.text.splitlines()[-1]
