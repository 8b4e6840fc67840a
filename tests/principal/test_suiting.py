"""Who is tried for an operation: those whose credential is of the kind that it asks for."""

from types import SimpleNamespace

import pytest

from troth.config.principals import LoginStep, PrincipalSection
from troth.spec.operation import Operation, Scheme
from troth.suiting import suits
from troth.target import Target

SCHEMES = {
    each.name: each
    for each in (
        Scheme("key", "apiKey", "header", "X-API-Key"),
        Scheme("queryKey", "apiKey", "query", "key"),
        Scheme("crumb", "apiKey", "cookie", "sid"),
        Scheme("plain", "apiKey", "header", "authorization"),
        Scheme("bearer", "http", scheme="bearer"),
        Scheme("basic", "http", scheme="basic"),
        Scheme("oauth", "oauth2"),
        Scheme("oidc", "openIdConnect"),
        Scheme("tls", "mutualTLS"),
    )
}
SECTIONS = {
    "robot": {"api-key": {"value": "k", "header": "x-api-key"}},
    "asker": {"api-key": {"value": "k", "query": "key"}},
    "alice": {"login": {"p": "x"}},
    "tom": {"token": "t"},
    "bert": {"basic": "u:p"},
    "odd": {"headers": {"X-Whatever": "1"}},
}
PEOPLE = {name: PrincipalSection.model_validate(each) for name, each in SECTIONS.items()}


def operation(*ways):
    return Operation("GET /x", "GET", "/x", None, (), (), None, {}, ways, deprecated=False)


@pytest.mark.parametrize(
    ("scheme", "who"),
    [
        ("key", {"robot"}),
        ("queryKey", {"asker"}),
        ("crumb", set()),
        ("plain", {"alice", "tom", "bert"}),
        ("bearer", {"alice", "tom"}),
        ("oauth", {"alice", "tom"}),
        ("oidc", {"alice", "tom"}),
        ("basic", {"bert"}),
        ("tls", set()),
        ("unheard-of", set()),
    ],
)
def test_each_scheme_has_its_kind_of_credential(scheme, who):
    asked = operation((scheme,))
    found = {name: suits(each, None, asked, SCHEMES) for name, each in PEOPLE.items()}
    assert {name for name, fits in found.items() if fits} == who
    assert found["odd"] is None


def test_a_login_may_come_as_a_cookie_or_in_a_header_of_its_own():
    cookie = LoginStep(operation="l", cookie=True)
    assert suits(PEOPLE["alice"], cookie, operation(("crumb",)), SCHEMES)
    own = LoginStep.model_validate({"operation": "l", "header": "X-API-Key"})
    assert suits(PEOPLE["alice"], own, operation(("key",)), SCHEMES)


def senders(asked, principals=PEOPLE, newcomers=()):
    target = SimpleNamespace(
        told=lambda _: SimpleNamespace(principal=None),
        principals=[*principals, "anonymous", *newcomers],
        newcomers=newcomers,
        file=SimpleNamespace(principals=principals, session=SimpleNamespace(login=None)),
        spec=SimpleNamespace(schemes=SCHEMES),
    )
    return Target.senders(target, asked)


def test_those_who_match_come_first_and_those_who_cannot_are_left_out():
    assert senders(operation(("basic",))) == ["bert", "odd", "anonymous"]
    assert senders(operation(("key", "bearer"))) == ["robot", "alice", "tom", "odd", "anonymous"]
    assert senders(operation((), ("bearer",))) == ["anonymous", "alice", "tom", "odd"]


def test_where_nobody_matches_nothing_changes():
    assert senders(operation(("tls",))) == [*PEOPLE, "anonymous"]
    assert senders(operation()) == ["anonymous", *PEOPLE]


def test_where_nobody_has_a_credential_one_who_signs_up_is_asked_for():
    assert senders(operation(("bearer",)), {}, ("one", "two")) == ["one", "anonymous"]
    assert senders(operation(("bearer",)), {"tom": PEOPLE["tom"]}, ("one",)) == ["tom", "anonymous"]
