"""Who was served what, what a policy allows, and which members are a service's own."""

import pytest

from troth.authority.privileges import another, privileged
from troth.authority.roles import Matrix, allowed, checked, merged
from troth.config.principals import PrincipalSection
from troth.errors import UsageError
from troth.exchange import Exchange, Request, Response
from troth.spec.operation import Operation, Spec


def operation(label, id_=None, tags=()):
    method, path = label.split(" ")
    return Operation(label, method, path, id_, tags, (), None, {}, (("key",),), deprecated=False)


def exchange(who, status, *, label="GET /things", headers=(), sources=()):
    request = Request("GET", "http://x.test/things", headers)
    return Exchange(1, who, label, request, Response(status), sources=sources)


def matrix():
    people = {"ann": {"token": "t", "role": "admin"}, "vic": {"token": "u"}}
    return Matrix({name: PrincipalSection.model_validate(each) for name, each in people.items()})


def test_the_best_that_came_of_it_stays():
    seen = matrix()
    for status in (404, 403, 200, 401):
        seen(exchange("ann", status))
    seen(exchange("vic", 403))
    assert seen.cells["admin"]["GET /things"] == {"cell": "served", "status": 200}
    assert seen.cell("vic", "GET /things") == "refused"


def test_what_was_sent_on_another_credential_is_nobodys():
    seen = matrix()
    seen(exchange("anonymous", 200, headers=(("Authorization", "Bearer x"),)))
    seen(exchange("ann", 200, sources=("token <- 1 $response.body#/token",)))
    assert not seen.cells


def test_two_workers_saw_more():
    one = {"admin": {"GET /a": {"cell": "refused", "status": 403}}}
    other = {"admin": {"GET /a": {"cell": "served", "status": 200}}, "vic": {}}
    assert merged(one, other)["admin"]["GET /a"]["cell"] == "served"
    assert one["admin"]["GET /a"]["cell"] == "refused"


@pytest.mark.parametrize(
    ("patterns", "may"),
    [
        (("*",), True),
        (("GET /users*",), True),
        (("listUsers",), True),
        (("tag:people",), True),
        (("POST *",), False),
        (("*", "!list*"), False),
        ((), False),
    ],
)
def test_patterns_mean_operations(patterns, may):
    assert allowed(patterns, operation("GET /users", "listUsers", ("people",))) is may


@pytest.mark.parametrize(
    ("policy", "said"),
    [({"viewr": ("*",)}, "has `viewr`"), ({"viewer": ("getNobody",)}, "means no operation")],
)
def test_names_that_nobody_has_are_refused(policy, said):
    operations = (operation("GET /users"),)
    spec = Spec("t", "1", "3.1.0", "", "", {}, operations, (), {})
    with pytest.raises(UsageError, match=said):
        checked(policy, spec, {"viewer"})


@pytest.mark.parametrize(
    "name", ["isAdmin", "is_admin", "role", "ownerId", "created-at", "balance"]
)
def test_a_services_own_members_are_known_by_their_names(name):
    assert privileged(name, vague=True)


@pytest.mark.parametrize("name", ["title", "email", "description", "id", "price"])
def test_others_are_not(name):
    assert not privileged(name, vague=False)


@pytest.mark.parametrize(
    ("name", "now", "seen", "value"),
    [
        ("admin", False, [], True),
        ("role", "user", ["user"], "admin"),
        ("role", "user", ["owner"], "owner"),
        ("balance", 5, [], 1005),
        ("owner_id", 3, [3, 7], 7),
        ("owner_id", 3, [3], None),
        ("created_at", "2026-01-02T03:04:05Z", [], "2001-01-02T03:04:05Z"),
    ],
)
def test_another_value_is_likely_to_be_taken(name, now, seen, value):
    assert another(name, now, seen) == value
