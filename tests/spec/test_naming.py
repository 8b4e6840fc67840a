"""Names in all the cases they are written in, and what they speak of."""

import pytest

from troth.spec.naming import (
    distinctive,
    referring,
    same,
    schema_thing,
    singular,
    thing,
    things,
    version,
    words,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("order_id", ("order", "id")),
        ("orderId", ("order", "id")),
        ("OrderID", ("order", "id")),
        ("orderIDs", ("order", "ids")),
        ("X-Tenant-Id", ("x", "tenant", "id")),
        ("HTTPServer", ("http", "server")),
        ("_id", ("id",)),
        ("", ()),
    ],
)
def test_words(name, expected):
    assert words(name) == expected


@pytest.mark.parametrize(
    ("many", "one"),
    [
        ("users", "user"),
        ("categories", "category"),
        ("boxes", "box"),
        ("addresses", "address"),
        ("branches", "branch"),
        ("statuses", "status"),
        ("houses", "house"),
        ("people", "person"),
        ("children", "child"),
        ("status", "status"),
        ("address", "address"),
        ("news", "news"),
        ("bus", "bus"),
        ("series", "sery"),  # wrong English, but the same for both
    ],
)
def test_singular(many, one):
    assert singular(many) == one


def test_things():
    assert thing("order-items") == thing("orderItem") == "orderitem"
    assert (
        schema_thing("UserOut") == schema_thing("user_response") == schema_thing("Users") == "user"
    )
    assert schema_thing("Response") == "response"
    assert things(("source", "bank", "accounts")) == ("sourcebankaccount", "bankaccount", "account")
    assert same("orderId", "order_id")
    assert not same("order", "order_id")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("thing_id", (("thing",), "id")),
        ("tagIds", (("tag",), "id")),
        ("X-Tenant-Id", (("tenant",), "id")),
        ("refresh_token", (("refresh",), "token")),
        ("id", ((), "id")),
        ("userid", (("user",), "id")),
        ("valid", None),
        ("paid", None),
        ("title", None),
        ("", None),
    ],
)
def test_referring(name, expected):
    assert referring(name) == expected


def test_distinctive_names():
    assert all(map(distinctive, ("user_id", "refresh_token", "inviteCode", "api_key")))
    dull = ("id", "code", "name", "country_code", "Idempotency-Key", "page_token", "X-Request-Id")
    assert not any(map(distinctive, dull))


def test_versions():
    assert all(map(version, ("v1", "V2", "v1.2", "v2beta1")))
    assert not any(map(version, ("vehicles", "1", "v")))
