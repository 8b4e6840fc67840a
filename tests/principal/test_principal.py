"""A principal gets, renews and loses its credential, and never shows it."""

import base64
import threading

import pytest

from troth.errors import UsageError
from troth.exchange import Request
from troth.principal import LoginFailed
from troth.transport.record import NotSent

PASSWORD = "correct horse battery"
LOGIN = {"operation": "logIn", "token": "$response.body#/data/access"}
ROTATING = {
    "login": {**LOGIN, "refresh": "$response.body#/data/refresh"},
    "refresh": {"operation": "refreshSession"},
}
ALICE = {"login": {"user": "alice", "password": PASSWORD}}


def me(service, principal, path="/api/me", method="GET", headers=(), **options):
    options = {"operation": "GET /me", **options}
    return principal.send(Request(method, service.url + path, headers), **options)


def test_without_configuration_there_is_anonymous(service, meet):
    met = meet({})
    assert list(met.by) == ["anonymous"]
    nobody = met.by["anonymous"]
    assert nobody.anonymous
    assert me(service, nobody).status == 401
    assert (nobody.secrets, nobody.credentials(), nobody.token) == (frozenset(), (), None)
    assert not nobody.died


def test_principals_keep_their_order_with_anonymous_last(meet):
    met = meet({"zoe": {"token": "t1t1"}, "anonymous": {}, "abe": {"token": "t2t2"}})
    assert list(met.by) == ["zoe", "abe", "anonymous"]


@pytest.mark.parametrize(
    ("section", "header", "secrets"),
    [
        ({"token": "tok\n"}, ("authorization", "Bearer tok"), {"tok"}),
        (
            {"basic": "ann:pa:ss"},
            ("authorization", "Basic " + base64.b64encode(b"ann:pa:ss").decode()),
            {"ann:pa:ss", "pa:ss", base64.b64encode(b"ann:pa:ss").decode()},
        ),
        ({"api-key": {"value": "kk", "header": "X-Key"}}, ("x-key", "kk"), {"kk"}),
        ({"api-key": {"value": "kk", "cookie": "sid"}}, ("cookie", "sid=kk"), {"kk"}),
        ({"headers": {"X-Auth": "Token abc"}}, ("x-auth", "Token abc"), {"Token abc", "abc"}),
        ({"token": "tok", "headers": {"X-Tenant": "acme"}}, ("x-tenant", "acme"), {"tok"}),
    ],
)
def test_static_credentials_are_put_on_and_known_as_secrets(
    service, meet, section, header, secrets
):
    met = meet({"ann": section})
    made = me(service, met.by["ann"])
    assert made.principal == "ann"
    assert service.seen[-1].headers[header[0]] == header[1]
    assert met.by["ann"].secrets == secrets
    assert not met.by["ann"].anonymous
    assert repr(met.by["ann"]) == "Principal('ann')"


def test_an_api_key_in_the_query_leaves_the_rest_as_it_was(service, meet):
    met = meet({"ann": {"api-key": {"value": "k&k", "query": "api key"}}})
    made = me(service, met.by["ann"], "/api/me?a=%2f&api%20key=old&b")
    assert made.request.url == f"{service.url}/api/me?a=%2f&b&api%20key=k%26k"


def test_a_principals_credential_replaces_the_generated_one(service, meet):
    met = meet({"ann": {"token": "mine", "headers": {"X-Tenant": "acme"}}})
    headers = (("AUTHORIZATION", "generated"), ("x-tenant", "zzz"), ("X-Other", "1"))
    me(service, met.by["ann"], headers=headers)
    seen = service.seen[-1].headers
    assert seen.getlist("authorization") == ["Bearer mine"]
    assert seen.getlist("x-tenant") == ["acme"]
    assert seen["x-other"] == "1"
    me(service, met.by["ann"], headers=headers, authenticate=False)
    assert service.seen[-1].headers["authorization"] == "generated"
    assert service.seen[-1].headers["x-tenant"] == "acme"


def test_headers_that_are_the_only_credential_stay_off_without_authentication(service, meet):
    met = meet({"ann": {"headers": {"X-Auth": "abc"}}, "anonymous": {"headers": {"X-Org": "o"}}})
    me(service, met.by["ann"], authenticate=False)
    assert "x-auth" not in service.seen[-1].headers
    me(service, met.by["anonymous"])
    assert service.seen[-1].headers["x-org"] == "o"
    assert met.by["anonymous"].anonymous
    assert not met.by["ann"].anonymous


def test_a_header_credential_that_dies_is_said_to_be_dead(service, meet):
    token, _ = service.issue()
    ann = meet({"ann": {"headers": {"X-Token": token}}}).by["ann"]
    assert me(service, ann).ok
    service.live.clear()
    assert me(service, ann).status == 401
    assert ann.died


@pytest.mark.parametrize("name", ["logIn", "POST /login", "formLogIn"])
def test_login_is_lazy_once_and_encoded_as_the_document_says(service, meet, name):
    met = meet({"alice": ALICE}, {"login": {**LOGIN, "operation": name}})
    assert service.calls == []
    assert me(service, met.by["alice"]).ok
    assert me(service, met.by["alice"]).ok
    assert service.calls == ["login", "me", "me"]
    assert met.history[0].purpose == "log in as alice"
    assert met.history[0].operation.startswith("POST /")
    alice = met.by["alice"]
    assert alice.secrets == {PASSWORD, alice.token}
    assert dict(alice.credentials()) == {"Authorization": f"Bearer {alice.token}"}


def test_a_login_path_takes_its_parameters_from_the_login_values(service, meet):
    values = {"user": "alice", "password": PASSWORD, "tenant": "a b?"}
    met = meet({"alice": {"login": values}}, {"login": {**LOGIN, "operation": "tenantLogIn"}})
    met.by["alice"].credentials()
    sent = met.history[0].request
    assert sent.url == f"{service.url}/api/a%20b%3F/login"
    assert b"tenant" not in sent.body


def test_a_token_may_go_into_another_header(service, meet):
    met = meet({"alice": ALICE}, {"login": {**LOGIN, "header": "X-Token", "prefix": ""}})
    assert me(service, met.by["alice"]).ok


def test_a_cookie_session_sends_its_cookies_beside_the_requests_own(service, meet):
    met = meet({"alice": ALICE}, {"login": {"operation": "cookieLogIn", "cookie": True}})
    assert me(service, met.by["alice"], headers=(("Cookie", "x=1; other=9"),)).ok
    assert service.seen[-1].cookies["x"] == "1"
    assert service.seen[-1].cookies["other"] == "1"
    assert service.seen[-1].cookies["session"] in met.by["alice"].secrets


def test_a_jwt_is_renewed_shortly_before_it_ends_whatever_the_services_clock(service, meet):
    alice = meet({"alice": ALICE}, ROTATING).by["alice"]
    first = alice.token
    service.now += 85
    assert alice.token == first
    service.now += 6
    second = alice.token
    assert second != first
    service.now += 95
    assert me(service, alice).ok
    assert service.calls == ["login", "refresh", "refresh", "me"]
    assert {first, second, "refresh-1", "refresh-2", "refresh-3"} < alice.secrets
    assert (alice.relogins, alice.died) == (0, False)


def test_a_refresh_token_that_is_not_rotated_is_kept(service, meet):
    service.rotates = False
    alice = meet({"alice": ALICE}, ROTATING).by["alice"]
    for _ in range(3):
        assert me(service, alice).ok
        service.now += 95
    assert service.calls.count("login") == 1
    assert service.calls.count("refresh") == 2


def test_a_refused_refresh_is_answered_with_a_login(service, meet):
    alice = meet({"alice": ALICE}, ROTATING).by["alice"]
    assert me(service, alice).ok
    service.refreshes.clear()
    service.now += 95
    assert me(service, alice).ok
    assert service.calls == ["login", "me", "refresh", "login", "me"]


def test_an_opaque_token_is_renewed_by_its_announced_lifetime(service, meet):
    service.jwt = False
    steps = {"login": {**LOGIN, "expires-in": "$response.body#/ttl"}}
    alice = meet({"alice": ALICE}, steps).by["alice"]
    assert me(service, alice).ok
    service.now += 95
    assert me(service, alice).ok
    assert service.calls == ["login", "me", "login", "me"]


def test_a_credential_that_dies_is_replaced_and_that_is_said(service, meet):
    met = meet({"alice": ALICE}, {"login": LOGIN})
    alice = met.by["alice"]
    assert me(service, alice).ok
    service.live.clear()
    made = me(service, alice, purpose="look")
    assert made.ok
    assert made.purpose == "look; again, after a new login"
    assert [each.status for each in met.history] == [200, 200, 401, 200, 200]
    assert (alice.relogins, alice.died) == (1, True)


def test_a_401_before_anything_was_served_is_an_answer(service, meet):
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    assert me(service, alice, "/api/always-401").status == 401
    assert service.calls == ["login"]


def test_an_operation_that_always_says_401_costs_one_login(service, meet):
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    for _ in range(4):
        assert me(service, alice).ok
        assert me(service, alice, "/api/always-401", operation="GET /always-401").status == 401
    assert service.calls.count("login") == 2
    assert not alice.died


def test_without_renewal_a_dead_credential_is_sent_as_it_is(service, meet):
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    assert me(service, alice).ok
    service.live.clear()
    assert me(service, alice, renew=False).status == 401
    assert service.calls.count("login") == 1
    alice.forget()
    assert me(service, alice).ok


def test_a_static_token_that_dies_is_said_to_be_dead(service, meet):
    token, _ = service.issue()
    ann = meet({"ann": {"token": token}}).by["ann"]
    assert me(service, ann).ok
    service.live.clear()
    assert me(service, ann).status == 401
    assert (ann.died, ann.relogins) == (True, 0)
    assert service.calls == ["me", "me"]


def test_who_may_no_longer_log_in_gets_his_401(service, meet):
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    assert me(service, alice).ok
    service.live.clear()
    service.refuses_login = 403
    for _ in range(5):
        assert me(service, alice).status == 401
    assert alice.died
    assert service.calls.count("login") == 3


@pytest.mark.parametrize(
    ("status", "remedy"),
    [
        (403, "check [principals.alice] login"),
        (404, "check [session] login.operation and [target] base-url"),
        (429, "the service limits logins"),
        (500, "see the service's log"),
    ],
)
def test_a_failed_login_names_who_and_where_and_is_tried_twice_at_most(
    service, meet, status, remedy
):
    service.refuses_login = status
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    for _ in range(6):
        with pytest.raises(LoginFailed) as raised:
            me(service, alice)
    assert service.calls == ["login", "login"]
    failure = raised.value
    assert (failure.principal, failure.operation, failure.status) == (
        "alice",
        "POST /login",
        status,
    )
    assert remedy in str(failure)
    assert PASSWORD not in str(failure)


def test_a_wrong_password_is_never_repeated_to_anybody(service, meet):
    wrong = {"login": {"user": "alice", "password": "hunter2hunter2"}}
    alice = meet({"alice": wrong}, {"login": LOGIN}).by["alice"]
    with pytest.raises(LoginFailed) as raised:
        alice.credentials()
    assert "hunter2" not in str(raised.value) + repr(raised.value) + repr(alice)
    assert "hunter2hunter2" in alice.secrets


def test_a_token_is_found_by_its_name_where_nobody_says_where_it_is(meet):
    alice = meet({"alice": ALICE}, {"login": {"operation": "logIn"}}).by["alice"]
    assert alice.credentials()[0][0] == "Authorization"
    assert alice.token in alice.secrets


def test_a_login_without_a_token_says_what_there_is_instead(meet):
    steps = {"login": {"operation": "logIn", "token": "$response.body#/access_token"}}
    alice = meet({"alice": ALICE}, steps).by["alice"]
    with pytest.raises(LoginFailed) as raised:
        alice.credentials()
    assert "`$response.body#/access_token`" in str(raised.value)
    assert "`data`, `ttl`" in str(raised.value)
    steps = {"login": {"operation": "logIn", "token": "$response.body#/ttl"}}
    with pytest.raises(LoginFailed, match="is no token"):
        meet({"alice": ALICE}, steps).by["alice"].credentials()
    steps = {"login": {"operation": "logIn", "cookie": True}}
    with pytest.raises(LoginFailed, match="without a Set-Cookie header"):
        meet({"alice": ALICE}, steps).by["alice"].credentials()


def test_a_login_that_may_not_be_sent_says_so(meet):
    met = meet({"alice": ALICE}, {"login": LOGIN}, url="http://api.invalid")
    with pytest.raises(NotSent, match=r"\[target\] writes = true"):
        met.by["alice"].credentials()


def test_threads_share_one_login_and_one_new_one(service, meet):
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    statuses = []

    def use():
        statuses.append(me(service, alice).status)

    for _ in range(2):
        threads = [threading.Thread(target=use) for _ in range(6)]
        for each in threads:
            each.start()
        for each in threads:
            each.join()
        service.live.clear()
    assert statuses == [200] * 12
    assert service.calls.count("login") == 2
    assert alice.relogins == 1


@pytest.mark.parametrize(
    ("config", "session", "said"),
    [
        ({"a": {}}, {}, r"\[principals.a\] has no credential"),
        ({"a": {"token": "t", "basic": "u:p"}}, {}, "both `token` and `basic`"),
        ({"a": {"token": " "}}, {}, r"\[principals.a\] is empty"),
        ({"a": {"token": "x\ny"}}, {}, "line break"),
        ({"a": {"headers": {"X": "x\ny"}}}, {}, "line break"),
        ({"a": ALICE}, {}, "nothing says how to log in"),
        ({"anonymous": {"token": "t"}}, {}, "rename it"),
        ({"a": {"api-key": {"value": "k"}}}, {}, "needs one of"),
        ({"a": {"api-key": {"value": "k", "header": "x", "query": "y"}}}, {}, "needs one of"),
        ({"a": ALICE}, {"login": {"operation": "logon"}}, "did you mean `logIn`"),
        ({"a": ALICE}, {"login": {"operation": "zzz"}}, r"`zzz` in \[session\] login"),
        ({"a": ALICE}, {"login": {**LOGIN, "token": "access"}}, r"\[session\] login.token"),
        ({"a": ALICE}, {**ROTATING, "refresh": {"operation": "refreshSesion"}}, "`refreshSession`"),
    ],
)
def test_configuration_that_cannot_work_is_refused_at_once(meet, config, session, said):
    with pytest.raises(UsageError, match=said):
        meet(config, session)


def test_a_traceback_with_arguments_shows_no_secret(service, meet):
    service.refuses_login = 403
    alice = meet({"alice": ALICE}, {"login": LOGIN}).by["alice"]
    with pytest.raises(LoginFailed) as raised:
        me(service, alice)
    assert PASSWORD not in str(raised.getrepr(style="long", funcargs=True))
    token = PASSWORD[::-1].replace(" ", "-")  # stands in no line of source
    met = meet({"ann": {"token": token}}, url="http://api.invalid")
    with pytest.raises(NotSent) as raised:
        met.by["ann"].send(Request("POST", "http://api.invalid/"), operation=None)
    assert token not in str(raised.getrepr(style="long", funcargs=True))


@pytest.mark.parametrize("cookie", [False, True])
def test_a_new_token_is_a_known_secret_before_anybody_sees_the_answer(service, meet, cookie):
    login = {"operation": "cookieLogIn", "cookie": True} if cookie else ROTATING["login"]
    met = meet({"alice": ALICE}, {**ROTATING, "login": login})
    alice, known = met.by["alice"], []

    def sink(exchange):
        # From another thread, as parallel senders do: the one that logs in holds a lock.
        asked = threading.Thread(target=lambda: known.append(alice.secrets))
        asked.start()
        asked.join(5)
        assert not asked.is_alive()

    met.recorder.subscribe(sink)
    alice.credentials()
    service.now += 95
    if cookie:
        alice.forget()  # a cookie without an age says nothing of its end
    alice.credentials()
    assert len(known) == 2
    assert set(service.live) - known[1] == set()
    assert next(iter(service.live)) in known[0]
    assert cookie or {"refresh-1", "refresh-2"} < known[1]
