"""What the processes of one service share: counters, a bus, leases, revocations."""

from dataclasses import dataclass

from troth.reference.bus import Bus
from troth.reference.leases import Leases
from troth.reference.limits import Counter
from troth.reference.revocations import Revocations


@dataclass(frozen=True)
class Shared:
    """In this process alone, or through Redis."""

    counter: Counter
    bus: Bus
    leases: Leases
    revocations: Revocations
