"""A pool that is exhausted is said, as the document says it, and gives again what comes back."""

from contextlib import ExitStack

import pytest
from sqlalchemy import text

from tests.reference.databases import KINDS, fresh
from tests.reference.live import running, settings
from tests.reference.test_envelope import assert_problem

ME = "/api/v1/auth/me"


@pytest.mark.parametrize("kind", KINDS)
def test_an_exhausted_pool_is_503_and_recovers(kind, tmp_path):
    small = {"pool_size": 2, "pool_overflow": 1, "pool_timeout": 0.2}
    with fresh(kind, tmp_path) as url, running(settings(database_url=url, **small)) as live:
        headers = live.auth("alice")
        database = live.app.state.platform.database
        with ExitStack() as taken:
            for _ in range(3):
                taken.enter_context(database.read()).execute(text("SELECT 1"))
            for path in (ME, "/api/v1/conversations", "/health/ready"):
                refused = live.client.get(path, headers=headers)
                assert_problem(refused, 503)
                assert refused.headers["retry-after"] == "1"
            documented = live.client.get("/openapi.json").json()["paths"]
            assert "503" in documented[ME]["get"]["responses"]
            assert live.client.get("/health").status_code == 200
        assert live.client.get(ME, headers=headers).status_code == 200
        assert live.client.get("/health/ready").status_code == 200


@pytest.mark.parametrize(
    "wrong", [{"pool_size": 0}, {"pool_overflow": -1}, {"pool_timeout": 0}, {"connect_timeout": 0}]
)
def test_a_pool_that_could_serve_nobody_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        settings(**wrong)
