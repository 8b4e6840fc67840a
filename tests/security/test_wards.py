"""Where two paths are one, a guard of one of them is found out; and its twin is silent."""

import pytest

from tests.apps import wards
from tests.endtoend.suite import replay, troth

TOML = """\
[target]
base-url = "{url}"
[principals]
chief = {{ token = "${{WARDS_CHIEF}}", role = "chief" }}
nurse = {{ token = "${{WARDS_NURSE}}", role = "nurse" }}
[operations."GET /v1/rosters"]
principal = "chief"
[operations."GET /v2/rosters"]
principal = "chief"
"""
KEYS = {name: f"token-of-{name.lower()}-9f3e1" for name in wards.TOKENS}
FOUND = {
    "version": "refused at one path and served at another",
    "slash": "GET /v1/salaries, and served at its path with a slash behind it",
    "doubled": "`nurse` is refused GET /v1/salaries, and served at its path with a doubled slash",
    "capitals": "`nurse` is refused GET /v1/salaries, and served at its path with capital letters",
    "nobody": "`nurse` is refused GET /v1/deaths, and anybody without a credential is not",
}


@pytest.fixture(scope="module")
def ask(serve, tmp_path_factory):
    def asked(faults):
        folder = tmp_path_factory.mktemp("wards")
        url = serve("wards:app", **KEYS, WARDS_FAULTS=",".join(faults))
        path = folder / "target.toml"
        path.write_text(TOML.format(url=url))
        more = ("--target", str(path), "-k", "contradictions", "--no-shrink")
        run = troth(*more, evidence=folder / "evidence", profile="ci", suite="security", **KEYS)
        return run, str(path)

    return asked


def test_the_tables_are_the_planted_ones():
    assert FOUND.keys() == wards.PLANTED.keys()


def test_the_clean_service_is_silent(ask):
    """It redirects, has a front page for all else, and one path that answers in the same words."""
    run, _ = ask([])
    assert [each for each in run.roots() if each.startswith("SEC322")] == [], run.text
    ours = [each for each in run.said("inconclusive") if each.startswith("SEC322")]
    assert ours + run.said("error") == [], run.text
    assert "SEC322" in {row["property"] for row in run.verdicts if row["verdict"] == "pass"}


@pytest.mark.parametrize(
    "slugs", [["version", "slash", "nobody"], ["doubled"], ["capitals"]], ids="-".join
)
def test_each_fault_is_found_and_nothing_else(ask, slugs):
    run, file = ask(slugs)
    found = [each for each in run.roots() if each.startswith("SEC322")]
    for slug in slugs:
        assert [each for each in found if FOUND[slug] in each], (slug, run.text)
    assert len(found) == len(slugs), found
    for each in run.findings:
        if each["property"] == "SEC322":
            code, said = replay(run, each, "--target", file, **KEYS)
            assert code == 1, said
