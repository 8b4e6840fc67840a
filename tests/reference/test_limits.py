"""Limits count each principal, tell so in headers, and hold across processes through Redis."""

import uuid

import pytest
import redis
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from tests.reference.live import running, settings
from tests.reference.test_envelope import assert_problem
from troth.reference.limits import MemoryCounter, RateLimit
from troth.reference.redis_connection import connect
from troth.reference.redis_limits import RedisCounter

REDIS = "redis://127.0.0.1:6379/0"
ME = "/api/v1/auth/me"


@pytest.fixture
def prefix():
    name = f"troth-reference-test-{uuid.uuid4().hex}"
    yield name
    with redis.Redis.from_url(REDIS) as client:
        for key in client.scan_iter(f"{name}:*"):
            client.delete(key)


@pytest.fixture(params=["memory", "redis"])
def counter(request, prefix):
    found = (
        MemoryCounter() if request.param == "memory" else RedisCounter(connect(REDIS, 2.0), prefix)
    )
    yield found
    found.close()


def test_a_window_counts_each_key_apart(counter):
    assert [counter.count("a", 1), counter.count("a", 1), counter.count("b", 1)] == [1, 2, 1]
    assert counter.count("a", 2) == 1


def test_a_used_up_quota_says_when_to_come_back(counter):
    limit = RateLimit(counter)
    quotas = [limit.take("k", 1) for _ in range(3)]  # a window may turn in between, once
    assert any(quota.exceeded for quota in quotas)
    assert all(1 <= quota.reset <= 60 and quota.remaining >= 0 for quota in quotas)


def test_two_instances_share_one_limit_through_redis(prefix, tmp_path):
    given = settings(
        rate_limit=5,
        redis_url=REDIS,
        redis_prefix=prefix,
        database_url=f"sqlite:///{tmp_path}/shared.db",
    )
    with running(given) as one:
        pem = _pem(one)
        with running(given.model_copy(update={"signing_key": pem})) as two:
            pair = two.login("alice")
            headers = {"Authorization": f"Bearer {pair['access_token']}"}
            assert one.client.get("/health/ready").json()["redis"] == "ok"
            answers = [
                each.client.get(ME, headers=headers) for _ in range(8) for each in (one, two)
            ]
    served = [a for a in answers if a.status_code == 200]
    refused = [a for a in answers if a.status_code == 429]
    assert len(served) + len(refused) == 16
    assert len(served) in (5, 10)  # ten if the minute turned in between
    assert_problem(refused[0], 429)
    assert int(refused[0].headers["retry-after"]) >= 1
    assert refused[0].headers["ratelimit-remaining"] == "0"
    assert served[0].headers["ratelimit-limit"] == "5"


def _pem(live):
    key = live.app.state.platform.key.private
    raw = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    return SecretStr(raw.decode())


def test_redis_that_is_gone_is_not_ready_but_alive():
    with running(settings(seed=False, redis_url="redis://127.0.0.1:1/0")) as live:
        assert_problem(live.client.get("/health/ready"), 503)
        assert live.client.get("/health").status_code == 200
