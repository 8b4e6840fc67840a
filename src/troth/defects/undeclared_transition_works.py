"""What was never begun can be completed: one state too many in a condition.

`state != "COMPLETED"` where `state == "RUNNING"` was meant; orders that are delivered before they
are paid (CWE-841).
"""

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.reference.domain import operations


def plant(app: FastAPI) -> None:  # noqa: ARG001 - a table of the domain
    """Completion of operations."""
    right = operations.TRANSITIONS["complete"]
    wrong = operations.Transition(right.sources | {"PENDING"}, right.target, right.stamp)
    operations.TRANSITIONS = {**operations.TRANSITIONS, "complete": wrong}


DEFECT = Defect(
    caught_by=("PRO205",), operations=("createOperation", "completeOperation"), plant=plant
)
