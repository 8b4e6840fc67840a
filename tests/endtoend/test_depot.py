"""On a service unlike the reference one, few lines of TOML let every model find what is planted."""

import pytest

from tests.apps import depot
from tests.endtoend.suite import Run, replay, troth

TOML = """\
[target]
base-url = "{url}"
[principals]
north = {{ login = {{ key = "${{DEPOT_KEY_NORTH}}" }} }}
south = {{ login = {{ key = "${{DEPOT_KEY_SOUTH}}" }} }}
[session]
login      = {{ operation = "openSession", token = "$response.body#/data/token", \
refresh = "$response.body#/data/renewal" }}
refresh    = {{ operation = "renewSession", body = {{ renewal = "$refresh" }} }}
logout     = {{ operation = "closeSession" }}
revocation = "immediate"
rotation   = true
[operations.closeSession]
token = "$producer.openSession.body#/data/token"
[lifecycles.order]
resource    = "order"
field       = "$response.body#/data/state"
initial     = "draft"
transitions = [
    {{ by = "placeOrder", from = ["draft"], to = "placed" }},
    {{ by = "shipOrder", from = ["placed"], to = "shipped" }},
    {{ by = "cancelOrder", from = ["draft", "placed"], to = "cancelled" }},
]
"""
KEYS = {name: f"key-of-{name.lower()}-4d27b" for name in depot.KEYS}
MODELS = "pagination or resource_model or lifecycle or round_trip or poison or single"

# By slug: who finds it, and a part of the root cause. Two services, for some hide others.
FIRST = {
    "zero-is-lost": ("FUZ116", "an empty value reads back as nothing at /weight"),
    "boundary-row": ("FUZ114", "GET /orders: a row is on no page"),
    "cursor-ignored": ("FUZ114", "GET /sites: the next page is the same page"),
    "draft-ships": ("PRO205", "POST /orders/{order_id}/ship works in draft"),
    "logout-spares": ("PRO201", "an access token is served after a logout"),
}
SECOND = {
    "patch-wipes": ("PRO204", "order: PATCH touches what was not sent"),
    "delete-does-nothing": ("PRO204", "site: deleted and still there"),
    "long-note-shuts-list": ("FUZ120", "GET /orders is shut by a write"),
    "cancel-is-forgotten": ("PRO205", "cancel does not lead to cancelled"),
    "renewal-lives": ("PRO202", "takes what is good for once a second time"),
}
# The same faults in the words of others: a 500 is one whoever meets it, a token too.
ALSO = {
    "long-note-shuts-list": {"FUZ103"},
    "renewal-lives": {"PRO201"},
}


def target(url, folder):
    path = folder / "target.toml"
    path.write_text(TOML.format(url=url))
    return str(path)


@pytest.fixture(scope="module")
def ask(serve, tmp_path_factory):
    def asked(faults, *arguments, profile) -> Run:
        folder = tmp_path_factory.mktemp("depot")
        url = serve("depot:app", **KEYS, DEPOT_FAULTS=",".join(faults))
        file = target(url, folder)
        evidence = folder / "evidence"
        more = ("properties", "--target", file, *arguments)
        return troth(*more, evidence=evidence, profile=profile, **KEYS)

    return asked


def test_the_tables_are_the_planted_ones():
    assert FIRST.keys() | SECOND.keys() == depot.PLANTED.keys()


def test_the_target_file_is_short():
    assert len(TOML.splitlines()) <= 25


def test_the_clean_service_is_silent(ask):
    run = ask([], profile="smoke")
    assert run.code == 0, run.text[-3000:]
    assert run.roots() == []
    assert run.said("inconclusive") == []
    models = {"FUZ114", "FUZ116", "FUZ120", "PRO201", "PRO202", "PRO204", "PRO205"}
    assert models <= {row["property"] for row in run.verdicts if row["verdict"] == "pass"}


@pytest.mark.parametrize("table", [FIRST, SECOND], ids=["first", "second"])
def test_each_fault_is_found_and_nothing_else(ask, table):
    run = ask(table, "-k", MODELS, "--no-shrink", profile="ci")
    found = run.roots()
    for slug, (property_id, root) in table.items():
        assert [each for each in found if each.startswith(property_id) and root in each], slug
    known = {property_id for property_id, _ in table.values()}
    known |= {each for slug in table for each in ALSO.get(slug, ())}
    assert {each["property"] for each in run.findings} == known
    assert run.said("inconclusive") == run.said("error") == []


def test_what_several_answers_show_is_asked_anew(ask, serve, tmp_path):
    """Each of the pages is served with the fault and without."""
    run = ask(["boundary-row"], "-k", "pagination", "--no-shrink", profile="ci")
    (lost,) = (each for each in run.findings if each["property"] == "FUZ114")
    for faults, code, said in ((["boundary-row"], 1, "still fails"), ([], 0, "does not fail any")):
        url = serve("depot:app", **KEYS, DEPOT_FAULTS=",".join(faults))
        came, text = replay(run, lost, "--target", target(url, tmp_path), **KEYS)
        assert (came, said in text, "asked anew" in text) == (code, True, True), text


def test_no_token_is_left_behind(ask):
    run = ask(["renewal-lives", "logout-spares"], "-k", "single or token", profile="smoke")
    assert run.findings
    for file in run.evidence.iterdir():
        text = file.read_text()
        assert "tok_" not in text, file.name
        assert "ren_" not in text, file.name
    assert "ren_" not in run.text
