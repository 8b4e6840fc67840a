"""A server error is a fault's own only where the same request without the fault does better.

A service that has come to answer 500 to everything answers so to hostile values, too. Charged to
each of them, one cause would be a dozen findings, and none of them would name it.
"""

from typing import TYPE_CHECKING

from troth.case import Case
from troth.checks.server_error import owner_of, symptom
from troth.exchange import Breakage, Exchange
from troth.prop import Inconclusive

if TYPE_CHECKING:
    from troth.world import World

WITHOUT = "the same without the fault"


def blame(world: "World", case: Case, exchange: Exchange) -> None:
    """Ask the case that ``case`` was made from again, when that met a server error.

    Raises Inconclusive when it meets the same one; what was noticed is then withdrawn, and the
    error is the valid case's.
    """
    what = symptom(exchange)
    if case.fault is None or case.operation is None or what is None:
        return
    if exchange.breakage is Breakage.TIMEOUT:
        return  # What it set off may still be going on, and slow the next one down.
    observer = world.target.observer
    with observer.kept(exchange, owner_of(case.fault)) as withdraw:
        try:
            values = world.accepted(case.operation).values
            valid = world.case(case.operation, values)
            same = symptom(world.send(valid, purpose=WITHOUT)) == what
        except Inconclusive:
            return  # It can not be asked: what was seen stands.
        if same:
            withdraw()
            raise Inconclusive(f"{case.operation.label} meets a {what} without any fault, too")
