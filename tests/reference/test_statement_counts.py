"""However many rows a listing shows, it takes the same number of SQL statements: none is N+1."""

import itertools
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from tests.reference.agents import single
from tests.reference.databases import KINDS, fresh
from tests.reference.live import KEYS, Live, running, settings
from tests.reference.test_assets import asset, small
from tests.reference.test_billing import Customer
from tests.reference.test_containers import bind, container
from tests.reference.test_ownership import invite, statements
from tests.reference.test_status import REPORT
from tests.reference.test_storage import stored_object

FEW, MORE = 3, 10
_numbers = itertools.count()
Make = Callable[[], object]


@dataclass(frozen=True)
class Listing:
    """Where things are listed, and how one more is made."""

    path: str
    make: Make
    who: str = "alice"
    headers: dict[str, str] = field(default_factory=dict)
    paged: bool = True


@pytest.fixture(scope="module", params=KINDS)
def own(request, tmp_path_factory):
    """A service whose lists hold little else."""
    with (
        fresh(request.param, tmp_path_factory.mktemp("counted")) as url,
        running(settings(database_url=url)) as live,
    ):
        yield live


def post(live: Live, path: str, body: object = None, who: str = "alice") -> dict:
    answer = live.call(who, "POST", path, json=body)
    assert answer.is_success, answer.text
    return answer.json() if answer.content else {}


def ask(live: Live, path: str, body: object) -> dict:
    answer = live.ask("alice", "POST", path, json=body)
    assert answer.is_success, answer.text
    return answer.json()


def conversations(live):
    def make():
        said = {"role": "user", "content": "quarter"}
        post(live, f"/api/v1/conversations/{live.talk('alice', 'Counted')}/messages", said)

    return Listing("/api/v1/conversations", make)


def search(live):
    return Listing("/api/v1/conversations/search?q=Counted", conversations(live).make)


def messages(live):
    path = f"/api/v1/conversations/{live.talk('alice')}/messages"
    return Listing(path, lambda: post(live, path, {"role": "user", "content": "x"}))


def conversation_events(live):
    base = f"/api/v1/conversations/{live.talk('alice')}"
    said = {"role": "user", "content": "x"}
    return Listing(f"{base}/events", lambda: post(live, f"{base}/messages", said))


def ledger(live):
    talk = live.talk("alice")
    body = {"message": "And?", "conversation_id": talk}
    return Listing(
        f"/api/v1/conversations/{talk}/ledger/events", lambda: post(live, "/api/v1/chat", body)
    )


def sessions(live):
    return Listing("/api/v1/auth/sessions", lambda: live.login("alice"), paged=False)


def users(live):
    return Listing("/api/v1/users", lambda: invite(live))


def tenants(live):
    def make():
        slug = f"counted-{next(_numbers)}"
        body = {"tenants": [{"slug": slug, "name": slug, "users": []}]}
        post(live, "/api/v1/test-fixtures/apply", body)

    return Listing("/api/v1/tenants", make, "operator")


def service_tokens(live):
    def make():
        body = {"name": f"t{next(_numbers)}", "scopes": ["activity:read"], "ttl_seconds": 600}
        post(live, "/api/v1/auth/service-accounts/issue", body)

    return Listing("/api/v1/auth/service-accounts/tokens", make)


def invites(live):
    def make():
        body = {"email": f"i{next(_numbers)}@acme.test", "role": "member"}
        post(live, "/api/v1/auth/invites", body)

    return Listing("/api/v1/auth/invites", make)


def signup_requests(live):
    def make():
        number = next(_numbers)
        body = {"email": f"s{number}@x.test", "display_name": "S", "tenant_name": "X"}
        post(live, "/api/v1/auth/request-access", body)

    return Listing("/api/v1/auth/signup-requests", make, "operator")


def consents(live):
    path = "/api/v1/users/consents"

    def make():
        post(live, path, {"policy_key": f"policy-{next(_numbers)}", "version": "1"})

    return Listing(path, make)


def activity(live):
    return Listing("/api/v1/activity", lambda: live.talk("alice"))


def objects(live):
    return Listing("/api/v1/storage/objects", lambda: stored_object(live))


def assets(live):
    return Listing("/api/v1/assets", lambda: asset(live))


def containers(live):
    def make():
        bind(live, container(live)["id"])

    return Listing("/api/v1/containers", make)


def vector_stores(live):
    def make():
        made = post(live, "/api/v1/vector_stores", {"name": "Counted"})
        file = {"filename": "a.txt", "content": "Trains."}
        post(live, f"/api/v1/vector_stores/{made['id']}/files/upload", file)
        post(live, f"/api/v1/vector_stores/{made['id']}/bindings/researcher")

    return Listing("/api/v1/vector_stores", make)


def vector_files(live):
    path = f"/api/v1/vector_stores/{post(live, '/api/v1/vector_stores', {'name': 'C'})['id']}/files"

    def make():
        file = {"filename": f"{next(_numbers)}.txt", "content": "Trains before planes. " * 5}
        post(live, f"{path}/upload", file)

    return Listing(path, make)


def billed(live, tail, make):
    customer = Customer(live)
    return Listing(
        f"{customer.base}/{tail}", lambda: make(customer), headers=dict(customer.headers)
    )


def begin_anew(customer):
    assert customer.cancel("immediately").is_success
    assert customer.start().is_success


def invoices(live):
    return billed(live, "invoices", begin_anew)


def billing_events(live):
    return billed(live, "events", begin_anew)


def workflow_runs(live):
    key = live.call("alice", "GET", "/api/v1/workflows").json()["items"][0]["key"]
    run = {"message": "The office moves in May."}
    return Listing(
        "/api/v1/workflows/runs", lambda: post(live, f"/api/v1/workflows/{key}/run", run)
    )


def incidents(live):
    path = "/api/v1/status/incidents"
    return Listing(path, lambda: post(live, path, REPORT, "operator"))


def status(live):
    return Listing("/api/v1/status", incidents(live).make, paged=False)


def status_subscriptions(live):
    path = "/api/v1/test-fixtures/status-subscription-token"
    return Listing("/api/v1/status/subscriptions", lambda: post(live, path), "operator")


def worker(live):
    return post(live, "/api/v1/workers", {"display_name": "w", "kind": "export"})["id"]


def operation(live):
    return post(live, "/api/v1/operations", {"display_name": "o", "kind": "export"})["id"]


def operations(live):
    def make():
        start = {"worker_id": worker(live)}
        post(live, f"/api/v1/operations/{operation(live)}/start", start)

    return Listing("/api/v1/operations", make)


def workers(live):
    return Listing("/api/v1/workers", operations(live).make)


def operation_checkpoints(live):
    base = f"/api/v1/operations/{operation(live)}"
    post(live, f"{base}/start", {"worker_id": worker(live)})
    note = {"note": "Row", "progress": 40}
    return Listing(f"{base}/checkpoints", lambda: post(live, f"{base}/checkpoints", note))


def by_key(path, make):
    return Listing(path, make, headers={"X-API-Key": KEYS["alice"]})


def agent_sessions(live):
    return by_key("/api/v1/sessions", lambda: single(live))


def agent_messages(live):
    base = f"/api/v1/sessions/{single(live)['session_id']}"
    listing = by_key(base, lambda: resume(live, base))
    return Listing(base, listing.make, headers=listing.headers, paged=False)


def resume(live, base):
    answer = live.ask("alice", "POST", f"{base}/resume", json={"prompt": "More"})
    assert answer.is_success, answer.text


def agent_checkpoints(live):
    base = f"/api/v1/sessions/{single(live)['session_id']}"
    return by_key(f"{base}/checkpoints", lambda: resume(live, base))


def hooks(live):
    def make():
        body = {"events": ["turn.completed"], "url": f"https://93.184.215.14/{next(_numbers)}"}
        made = ask(live, "/api/v1/hooks", body)
        assert live.ask("alice", "POST", f"/api/v1/hooks/{made['hook_id']}/test").is_success

    return by_key("/api/v1/hooks", make)


LISTINGS = (
    *(conversations, search, messages, conversation_events, ledger, sessions, users, tenants),
    *(service_tokens, invites, signup_requests, consents, activity, objects, assets, containers),
    *(vector_stores, vector_files, invoices, billing_events, workflow_runs, incidents, status),
    *(status_subscriptions, operations, workers, operation_checkpoints, agent_sessions),
    *(agent_messages, agent_checkpoints, hooks),
)


def cost(live: Live, listing: Listing) -> tuple[int, int]:
    """How many statements the listing takes, and how many things it shows."""
    query = {"limit": "100"} if listing.paged else {}
    path, _, more = listing.path.partition("?")
    query |= dict([more.split("=")]) if more else {}
    headers = listing.headers or live.auth(listing.who)
    answer = live.client.get(path, params=query, headers=headers)
    assert answer.status_code == 200, answer.text
    (shown,) = [each for each in answer.json().values() if isinstance(each, list)]
    return statements(answer), len(shown)


@pytest.mark.parametrize("listed", LISTINGS, ids=lambda each: each.__name__)
def test_more_rows_take_no_more_statements(own, listed):
    listing = listed(own)
    for _ in range(FEW):
        listing.make()
    cost(own, listing)  # what is made when it is first looked at, is made now
    few, before = cost(own, listing)
    for _ in range(MORE):
        listing.make()
    many, after = cost(own, listing)
    assert after >= min(before + MORE, 50), "the listing has not grown: this proves nothing"
    assert many == few


def test_many_thumbnails_take_no_more_statements_than_few(own):
    made = [asset(own)["id"] for _ in range(FEW + MORE)]

    def taken(ids):
        body = {"asset_ids": ids}
        return statements(own.call("alice", "POST", "/api/v1/assets/thumbnail-urls", json=body))

    assert len(small(own, *made)) > 0
    assert taken(made) == taken(made[:FEW])


def test_a_search_of_many_files_takes_no_more_statements_than_of_few(own):
    listing = vector_files(own)
    search_at = listing.path.removesuffix("/files") + "/search"

    def taken():
        body = {"query": "trains", "top_k": 20}
        answer = own.call("alice", "POST", search_at, json=body)
        assert answer.status_code == 200, answer.text
        return statements(answer)

    for _ in range(FEW):
        listing.make()
    few = taken()
    for _ in range(MORE):
        listing.make()
    assert taken() == few
