"""Only operators see tenants beside their own."""

import pytest

from tests.reference.test_envelope import UNKNOWN, assert_problem
from tests.reference.test_ownership import faceless

T = "/api/v1/tenants"


def test_operators_list_all_tenants_and_see_each(stored):
    listed = stored.call("operator", "GET", T).json()
    assert {"acme", "globex"} <= {each["slug"] for each in listed["items"]}
    for each in listed["items"]:
        assert stored.call("operator", "GET", f"{T}/{each['id']}").json() == each


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_others_see_their_own_only(stored, who):
    assert_problem(stored.call(who, "GET", T), 403)
    own = stored.call(who, "GET", f"{T}/current").json()
    assert stored.call(who, "GET", f"{T}/{own['id'].upper()}").json() == own
    unknown = stored.call(who, "GET", f"{T}/{UNKNOWN}")
    assert_problem(unknown, 404)
    for each in stored.call("operator", "GET", T).json()["items"]:
        if each["id"] != own["id"]:
            assert faceless(stored.call(who, "GET", f"{T}/{each['id']}")) == faceless(unknown)
