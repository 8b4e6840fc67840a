"""On two services it has never seen, troth finds each planted fault once, and nothing else."""

import json
import re
from urllib.parse import urlsplit

import pytest

from tests.apps import library, orders
from tests.endtoend.suite import replay, reproduce, troth

KEY = "5f1c0a9e-planted-key-4d27b"
UUID = r"[0-9a-fA-F-]{36}"

# By slug: the property, method, path and status of the exchange that shows the fault.
LIBRARY = {
    "search-crash": ("FUZ103", "GET", r"/search", 500),
    "teapot": ("FUZ102", "GET", r"/shelves", 418),
    "second-shape": ("FUZ106", "POST", r"/shelves", 400),
    "wrong-allow": ("FUZ107", None, r"/shelves", 405),
    "nul-crash": ("FUZ104", "POST", rf"/shelves/{UUID}/books", 500),
}
ORDERS = {
    "quantity-crash": ("FUZ103", "POST", r"/orders", 500),
    "second-cancel": ("FUZ102", "POST", r"/orders/\d+/cancel", 409),
    "plain-404": ("FUZ106", "GET", r"/orders/[^/]+", 404),
    "wrong-allow": ("FUZ107", None, r"/orders/\d+", 405),
    "nul-crash": ("FUZ104", "GET", r"/customers", 500),
    "open-statistics": ("FUZ110", "GET", r"/statistics", 200),
    "lax-currency": ("FUZ108", "GET", r"/reports/sales", 200),
}


def slug_of(finding, expected):
    """Which planted fault ``finding`` is; its own words when it is none."""
    last = finding["history"][-1]
    path = urlsplit(last["request"]["url"]).path
    for slug, (property_id, method, pattern, status) in expected.items():
        if (
            finding["property"] == property_id
            and method in {None, last["request"]["method"]}
            and re.fullmatch(pattern, path)
            and (last["response"] or {}).get("status") == status
        ):
            return slug
    return f"{finding['property']}: {finding['message']}"


ALICE = f"""
[principals]
alice = {{ api-key = {{ value = "${{{orders.KEY}}}", header = "X-API-Key" }} }}
"""


def target(url, path, *, principals=""):
    path.write_text(f'[target]\nbase-url = "{url}"\nspec = "/openapi.json"\n{principals}')
    return str(path)


@pytest.fixture(scope="module")
def on_library(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    url = serve("library:app")
    target(url, folder / "target.toml")
    evidence = folder / "evidence"
    return troth("--target-url", f"{url}/openapi.json", evidence=evidence, profile="ci")


@pytest.fixture(scope="module")
def on_orders(serve, tmp_path_factory):
    folder = tmp_path_factory.mktemp("orders")
    url = serve("orders:app", **{orders.KEY: KEY})
    file = target(url, folder / "target.toml", principals=ALICE)
    evidence = folder / "evidence"
    return troth("--target", file, evidence=evidence, profile="ci", **{orders.KEY: KEY})


@pytest.fixture(params=["library", "orders"])
def found(request):
    """A run, and what it must have found."""
    run = request.getfixturevalue(f"on_{request.param}")
    return run, {"library": LIBRARY, "orders": ORDERS}[request.param]


def test_the_tables_are_the_planted_ones():
    assert LIBRARY.keys() == library.PLANTED.keys()
    assert ORDERS.keys() == orders.PLANTED.keys()


def test_each_fault_is_found_once_and_nothing_else(found):
    run, expected = found
    assert sorted(slug_of(each, expected) for each in run.findings) == sorted(expected)


def test_findings_end_the_run_with_1(found):
    run, _ = found
    assert run.code == 1
    assert run.orderly()


def test_every_finding_is_on_the_terminal_with_its_curl_line(found):
    run, _ = found
    for each in run.findings:
        assert each["message"] in run.text
        assert each["curl"] in run.text


def test_every_curl_line_shows_the_fault_again(found):
    run, expected = found
    assert run.findings
    for each in run.findings:
        seen = each["history"][-1]["response"]
        status, headers, body = reproduce(each, TROTH_API_KEY=KEY)
        assert status == seen["status"], each["curl"]
        was = {name.lower(): value for name, value in seen["headers"]}
        assert headers.get("allow") == was.get("allow")
        assert headers.get("content-type") == was.get("content-type")
        if slug_of(each, expected) == "second-shape":
            assert json.loads(body).keys() == {"error"}


def test_every_finding_replays_on_the_same_service(found):
    run, expected = found
    where = ("--target", str(run.evidence.parent / "target.toml"))
    for each in run.findings:
        code, said = replay(run, each, *where, **{orders.KEY: KEY})
        assert code == 1, (slug_of(each, expected), said)
        assert "still fails" in said
        assert "Traceback" not in said


@pytest.mark.parametrize("slug", sorted(LIBRARY))
def test_a_replay_knows_when_it_is_mended(serve, on_library, slug):
    found = [each for each in on_library.findings if slug_of(each, LIBRARY) == slug]
    assert found
    url = serve("library:clean") + "/openapi.json"
    code, said = replay(on_library, found[0], "--target-url", url)
    assert code == 0, said


def test_the_search_is_shrunk_to_its_minimum(on_library):
    found = [each for each in on_library.findings if slug_of(each, LIBRARY) == "search-crash"]
    urls = [each["history"][-1]["request"]["url"] for each in found]
    assert [urlsplit(url).query for url in urls] == ["limit=1&offset=51"]


def test_the_body_is_shrunk_to_its_minimum(on_orders):
    found = [each for each in on_orders.findings if slug_of(each, ORDERS) == "quantity-crash"]
    (body,) = [json.loads(each["history"][-1]["request"]["body"]) for each in found]
    assert [line["quantity"] for line in body["lines"]] == [501]


def test_no_secret_is_left_behind(on_orders):
    for file in sorted(on_orders.evidence.iterdir()):
        assert KEY not in file.read_text(), file.name
    assert KEY not in on_orders.text


def test_without_a_credential_nothing_is_green(serve, tmp_path):
    url = serve("orders:clean", **{orders.KEY: KEY})
    run = troth("--target-url", f"{url}/openapi.json", evidence=tmp_path / "evidence")
    assert run.code == 1
    assert run.findings == []
    assert "X-API-Key" in run.text
    assert not [each for each in run.said("pass") if "GET /health" not in each]
