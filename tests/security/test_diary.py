"""Where the target file names one person, or none, victim and stranger sign up themselves."""

import pytest

from tests.apps import diary
from tests.endtoend.suite import replay, troth

TOML = """\
[target]
base-url = "{url}"
[session]
login = {{ operation = "login" }}
{more}
[operations.account]
path = {{ account_id = "$producer.register.body#/id" }}
[operations.password]
path = {{ account_id = "$producer.register.body#/id" }}
[operations.leave]
path = {{ account_id = "$producer.register.body#/id" }}
"""
ONE = f"""
[principals]
ann = {{ login = {{ email = "{diary.ANN}", password = "${{DIARY_ANN}}" }} }}
"""
THROWN = """
[session.throwaway.login]
email    = "$producer.register.request.body#/email"
password = "$producer.register.request.body#/password"
[session.throwaway.given.register]
body = { email = "$unique@diary.example", password = "$password" }
"""
KEYS = {"DIARY_ANN": "Quiet-Harbour-27"}
SUITE = ("read", "write", "delete", "list", "reference", "hierarchy", "existence", "tenant")
FOUND = {
    "read": ("SEC301", "GET /entries/{entry_id} "),
    "write": ("SEC302", "PUT /entries/{entry_id}"),
    "delete": ("SEC303", "DELETE /entries/{entry_id}"),
    "account": ("SEC303", "DELETE /accounts/{account_id}"),
    "count": ("SEC304", "GET /entries/count "),
    "export": ("SEC304", "GET /entries/export "),
    "lines": ("SEC304", "GET /entries/export.ndjson "),
}
WAYS = {"told": THROWN + ONE, "inferred": ONE, "nobody": ""}


@pytest.fixture(scope="module")
def ask(serve, tmp_path_factory):
    def asked(faults, way, profile="smoke"):
        folder = tmp_path_factory.mktemp("diary")
        url = serve("diary:app", **KEYS, DIARY_FAULTS=",".join(faults))
        path = folder / "target.toml"
        path.write_text(TOML.format(url=url, more=WAYS[way]))
        more = ("--target", str(path), "-k", " or ".join(SUITE), "--no-shrink")
        run = troth(*more, evidence=folder / "evidence", profile=profile, suite="security", **KEYS)
        return run, str(path)

    return asked


def test_the_tables_are_the_planted_ones():
    assert FOUND.keys() == diary.PLANTED.keys()


@pytest.mark.parametrize(
    ("way", "profile"), [("told", "ci"), ("inferred", "smoke"), ("nobody", "smoke")]
)
def test_the_clean_service_is_silent(ask, way, profile):
    run, _ = ask(sorted(diary.LOOKALIKES) if way == "told" else [], way, profile)
    assert [each for each in run.roots() if each.startswith("SEC30")] == [], run.text
    ours = [each for each in run.said("inconclusive") if each.startswith("SEC30")]
    assert ours + run.said("error") == [], run.text
    passed = {row["property"] for row in run.verdicts if row["verdict"] == "pass"}
    assert passed >= {property_id for property_id, _ in FOUND.values()}, run.text


@pytest.mark.parametrize("way", WAYS)
def test_each_fault_is_found_and_nothing_else(ask, way):
    # Whoever reads all may count all.
    for faults in (["write", "delete", "count", "export", "lines", "account"], ["read"]):
        run, file = ask(faults, way)
        found = [each for each in run.roots() if each.startswith("SEC30")]
        for slug in faults:
            property_id, root = FOUND[slug]
            assert [each for each in found if each.startswith(property_id) and root in each], (
                slug,
                run.text,
            )
        assert len(found) == len(faults), found
        assert run.said("error") == []
        if way != "inferred":
            continue
        for each in run.findings:
            # What counts is asked anew, as all of SEC304 is that shows no row.
            if each["property"].startswith("SEC30") and ".ndjson" not in each["root"]:
                code, said = replay(run, each, "--target", file, **KEYS)
                assert code == 1, said


def test_what_says_that_it_is_public_is_no_finding(ask):
    run, _ = ask([diary.SHARED], "inferred")
    assert [each for each in run.roots() if each.startswith("SEC30")] == [], run.text
    said = [each for each in run.said("inconclusive") if each.startswith("SEC301")]
    assert [each for each in said if "everybody may see it" in each], run.text


def test_the_runs_own_account_is_left_alone(ask):
    run, _ = ask(["account"], "inferred")
    gone = [each for each in run.history if each["request"]["method"] == "DELETE"]
    served = {each["principal"] for each in gone if each["response"]["status"] == 204}
    assert {"newcomer-3", "newcomer-4"} <= served
    told = [each for each in run.history if each["response"]["status"] == 200]
    assert told[-1]["principal"] != "newcomer-3"
    accounts = {each["request"]["url"] for each in gone if "/accounts/1" in each["request"]["url"]}
    assert not [each for each in accounts if each.endswith("/accounts/1")]
