"""Every agent of the catalogue is listed, and has a status."""

from typing import get_args

from tests.reference.test_envelope import assert_problem
from troth.reference.domain.agent_catalog import AGENT_KEYS
from troth.reference.schemas.agents import AgentKey

A = "/api/v1/agents"


def test_the_catalogue_and_the_schema_name_the_same_agents(live):
    assert get_args(AgentKey) == AGENT_KEYS
    items = live.call("carol", "GET", A).json()["items"]
    assert tuple(each["key"] for each in items) == AGENT_KEYS
    assert [each["is_default"] for each in items] == [True, False, False]


def test_each_agent_has_a_status(live):
    for key in AGENT_KEYS:
        status = live.call("carol", "GET", f"{A}/{key}/status").json()
        assert status == {"key": key, "status": "available", "provider": "stub"}
    assert_problem(live.call("carol", "GET", f"{A}/nobody/status"), 404)
    assert_problem(live.call("carol", "GET", f"{A}/No-Body/status"), 422)
    assert_problem(live.client.get(A), 401)
