"""On a service unlike the reference one, every probe finds what is planted, and nothing else."""

import pytest

from tests.endtoend.suite import replay, troth

PASSWORD = "correct-horse-of-ida"
TOML = """\
[target]
base-url = "{url}"
[principals]
ida = {{ login = {{ username = "ida", password = "${{PANTRY_PASSWORD}}" }} }}
[session]
login = {{ operation = "enter", token = "$response.body#/token", header = "X-Token", prefix = "" }}
probe = "whoami"
throwaway.login = {{ username = "$producer.join.request.body#/username", \
password = "$producer.join.request.body#/password" }}
throwaway.given.join = {{ principal = "anonymous", body = {{ username = "$unique", \
password = "$password" }} }}
[limits.enter]
operation = "enter"
body  = {{ username = "$producer.join.request.body#/username", \
password = "$producer.join.request.body#/password" }}
wrong = "/password"
most  = 6
per   = 600
by    = "account"
given.join = {{ principal = "anonymous", \
body = {{ username = "$unique", password = "$password" }} }}
[operations.read]
path = {{ thing_id = 1 }}
[operations.stock]
path = {{ name = "rice" }}
[operations.list]
query = {{ q = "rice" }}
[operations.recipe]
query = {{ file = "bread.txt" }}
[operations.go]
query = {{ next = "/things" }}
"""
OURS = (
    "query_injection or evaluation or request_forgery or traversal or header_injection "
    "or xml_entities or rate_limit or lockout or enumeration or resource or hidden_surface"
)
# By fault: who finds it, and a part of the root cause.
PLANTED = {
    "sql": ("SEC351", "GET /things: query q is read as a part of a query"),
    "wildcard": ("SEC351", "GET /stock/{name}: path name is read as a part of a query"),
    "command": ("SEC352", "POST /labels: body /name is evaluated as a command"),
    "fetch": ("SEC353", "POST /previews: body /url"),
    "climb": ("SEC354", "GET /recipes: query file leads to files outside"),
    "redirect": ("SEC355", "GET /go: query next leads the caller to any host"),
    "xxe": ("SEC356", "POST /orders: XML that is sent reads elsewhere"),
    "enumeration": ("SEC363", "POST /login tells by its body whom the service knows"),
    "pattern": ("SEC364", "POST /people: time explodes with the size of body /email"),
    "dump": ("SEC371", "GET /_debug is open, though the document does not have it"),
}
# It is told once only how limits fail: one hides the other.
LIMITS = {
    "no-limit": ("SEC361", "POST /login is answered as often as one likes"),
    "forwarded": ("SEC361", "POST /login: the limit is walked around by X-Forwarded-For"),
}


@pytest.fixture(scope="module")
def ask(serve, tmp_path_factory):
    def asked(faults, *arguments):
        folder = tmp_path_factory.mktemp("pantry")
        url = serve("pantry:app", PANTRY_PASSWORD=PASSWORD, PANTRY_FAULTS=",".join(faults))
        file = folder / "target.toml"
        file.write_text(TOML.format(url=url))
        more = ("--target", str(file), "-k", OURS, "--no-shrink", *arguments)
        evidence = folder / "evidence"
        run = troth(
            *more, evidence=evidence, profile="ci", suite="security", PANTRY_PASSWORD=PASSWORD
        )
        return run, str(file)

    return asked


def roots(run):
    return [(each["property"], each["root"]) for each in run.findings if each["property"] > "SEC35"]


def test_the_clean_one_is_silent(ask):
    run, _ = ask(())
    assert roots(run) == [], run.text[-5000:]
    unanswered = [each for each in run.said("inconclusive") if each.startswith("SEC")]
    assert unanswered == [], "\n".join(unanswered)
    assert run.said("error") == []
    assert run.orderly()


def test_what_is_planted_is_found_and_replays(ask):
    run, file = ask(PLANTED)
    found = roots(run)
    assert {each[0] for each in found} == {each[0] for each in PLANTED.values()}, found
    for fault, (identifier, root) in PLANTED.items():
        assert any(each[0] == identifier and root in each[1] for each in found), fault
    assert len(found) == len(PLANTED), found
    for each in run.findings:
        if each["property"] > "SEC35":
            code, said = replay(run, each, "--target", file, PANTRY_PASSWORD=PASSWORD)
            assert code == 1, said


@pytest.mark.parametrize("fault", LIMITS)
def test_a_limit_that_does_not_hold_is_found(ask, fault):
    run, _ = ask((fault,), "--operation", "enter", "--operation", "join")
    identifier, root = LIMITS[fault]
    found = [" ".join(each) for each in roots(run)]
    if fault == "forwarded":
        # This server says that it is uvicorn, and is asked from its own machine.
        found = run.said("inconclusive")
    assert [each for each in found if each.startswith(identifier) and root in each], run.text


TOLD = {
    "": ("pass", ""),
    "told": ("fail", "POST /login is answered when nothing remains, as its own headers say"),
    "together": ("", "it is counted for all who come from here"),
}


@pytest.mark.parametrize("fault", TOLD, ids=lambda each: each or "clean")
def test_a_login_is_held_to_what_its_headers_say(serve, tmp_path, fault):
    url = serve("pantry:app", PANTRY_PASSWORD=PASSWORD, PANTRY_FAULTS=fault)
    file = tmp_path / "target.toml"
    head, _, rest = TOML.format(url=url).partition("[limits.enter]")
    file.write_text(head + rest[rest.index("[operations.read]") :])
    run = troth(
        *("--target", str(file), "-k", "rate_limit or lockout"),
        evidence=tmp_path / "evidence",
        profile="ci",
        suite="security",
        PANTRY_PASSWORD=PASSWORD,
    )
    verdict, said = TOLD[fault]
    rows = [each for each in run.verdicts if each["property"] == "SEC361"]
    assert {each["verdict"] for each in rows} == ({verdict} if verdict else set()), run.text
    assert said in run.text
    assert run.said("error") == []
