"""Leases, revocations and the bus keep their word in one process and between several."""

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from troth.reference.bus import MemoryBus, listening
from troth.reference.leases import MemoryLeases, locked
from troth.reference.limits import MemoryCounter, UnreachableError
from troth.reference.redis_shared import shared
from troth.reference.revocations import MemoryRevocations
from troth.reference.shared import Shared

REDIS = "redis://127.0.0.1:6379/0"
NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture(params=["memory", "redis"])
def pair(request):
    """Two ends of the same: one process has one, two processes have one each."""
    if request.param == "memory":
        found = Shared(MemoryCounter(), MemoryBus(), MemoryLeases(), MemoryRevocations())
        yield found, found
        return
    prefix = f"troth-reference-test-{uuid.uuid4().hex}"
    ends = (shared(REDIS, prefix), shared(REDIS, prefix))
    yield ends
    for end in ends:
        for part in (end.bus, end.leases, end.revocations, end.counter):
            part.close()
    with redis.Redis.from_url(REDIS) as client:
        for key in client.scan_iter(f"{prefix}:*"):
            client.delete(key)


def test_no_more_leases_are_out_than_may_be(pair):
    here, there = pair
    first, second = here.leases.take("k", 2, 60), there.leases.take("k", 2, 60)
    assert first
    assert second
    assert here.leases.take("k", 2, 60) is None
    assert there.leases.take("other", 2, 60)
    there.leases.release("k", first)  # whoever knows it may give it back
    assert here.leases.take("k", 2, 60)
    assert here.leases.take("k", 2, 60) is None


def test_a_lease_that_nobody_gives_back_runs_out(pair):
    here, there = pair
    assert here.leases.take("k", 1, 0.002)
    for _ in range(10_000):
        if there.leases.take("k", 1, 60):
            break
    else:
        pytest.fail("the lease never ran out")


def test_of_many_at_once_only_so_many_get_a_lease(pair):
    barrier = threading.Barrier(16)

    def take(number: int) -> str | None:
        barrier.wait()
        return pair[number % 2].leases.take("k", 3, 60)

    with ThreadPoolExecutor(16) as pool:
        got = list(pool.map(take, range(16)))
    assert sum(each is not None for each in got) == 3


def test_a_lock_is_held_by_one_at_a_time(pair):
    inside, most = [0], [0]

    def work(number: int) -> None:
        with locked(pair[number % 2].leases, "thing", wait=30):
            inside[0] += 1
            most[0] = max(most[0], inside[0])
            inside[0] -= 1

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(24)))
    assert most == [1]


def test_a_lock_that_is_not_free_is_given_up(pair):
    with (
        locked(pair[0].leases, "thing"),
        pytest.raises(UnreachableError),
        locked(pair[1].leases, "thing", wait=0),
    ):
        pytest.fail("two were alone with it")


def test_what_one_end_revokes_the_other_knows(pair):
    here, there = pair
    assert not there.revocations.has("session")
    here.revocations.add("session", 60)
    assert there.revocations.has("session")
    assert not there.revocations.has("another")


def test_listeners_hear_their_topic_whoever_speaks(pair):
    here, there = pair

    async def listen() -> list[object]:
        async with listening(here.bus, "one") as first, listening(there.bus, "one") as second:
            await asyncio.to_thread(there.bus.publish, "two", {"n": 0})
            await asyncio.to_thread(there.bus.publish, "one", {"n": 1})
            await asyncio.to_thread(here.bus.publish, "one", {"n": 2})
            return [await first.get(), await first.get(), await second.get(), await second.get()]

    assert asyncio.run(listen()) == [{"n": 1}, {"n": 2}, {"n": 1}, {"n": 2}]


def test_redis_that_cannot_be_reached_is_said_to_be():
    gone = shared(NOWHERE, "troth-reference-test")
    for call in (
        lambda: gone.leases.take("k", 1, 1),
        lambda: gone.revocations.add("x", 1),
        lambda: gone.revocations.has("x"),
        lambda: gone.bus.publish("t", {}),
        gone.counter.ping,
    ):
        with pytest.raises(UnreachableError):
            call()
