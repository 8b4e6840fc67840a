"""All that is shared, through one Redis."""

from troth.reference.redis_bus import RedisBus
from troth.reference.redis_connection import connect
from troth.reference.redis_leases import RedisLeases
from troth.reference.redis_limits import RedisCounter
from troth.reference.redis_revocations import RedisRevocations
from troth.reference.shared import Shared


def shared(url: str, prefix: str, patience: float = 2.0) -> Shared:
    """What belongs to `prefix` at `url`."""
    client = connect(url, patience)
    return Shared(
        RedisCounter(client, prefix),
        RedisBus(client, url, prefix, patience),
        RedisLeases(client, prefix),
        RedisRevocations(client, prefix),
    )
