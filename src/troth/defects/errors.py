"""What the defects of errors are planted with: another text in each of them."""

from collections.abc import Callable
from typing import Any

from troth.defects.planting import wrap
from troth.reference import problems
from troth.reference.problems import ProblemError


def say(status: int, detail: Callable[[], str]) -> None:
    """Have problems of ``status`` say this."""

    def body_of(original: Any, error: ProblemError, correlation_id: str) -> bytes:
        if error.status == status:
            error.detail = detail()
        body: bytes = original(error, correlation_id)
        return body

    wrap(problems, "body_of", body_of)
