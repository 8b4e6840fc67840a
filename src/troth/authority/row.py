"""One thing in an answer that shows many, known again by what stood there when it was made."""

import json
from typing import Any, Final

from troth.authority.privileges import objects
from troth.exchange import Exchange, History
from troth.expression import ExpressionError, pointed

ROW: Final = "row "
"""Of what tells in a finding: behind it stand where the thing's own text is, `request` or
`response` and a pointer, and the member that shows the fault."""


def same_rows(telling: tuple[str, ...], before: History, after: History) -> bool:
    """Whether the members of the things that ``telling`` names are what they were."""
    named = [each.removeprefix(ROW).split(" ") for each in telling if each.startswith(ROW)]
    return all(_member(before, *each) == _member(after, *each) for each in named)


def _member(history: History, whose: str, pointer: str, member: str) -> Any:
    made = next((each for each in reversed(history) if each.request.method != "GET"), None)
    own = _own(made, whose, pointer) if made is not None else None
    try:
        assert history[-1].response is not None
        body = history[-1].response.json()
    except (AssertionError, ValueError, RecursionError):
        return None
    for each in objects(body):
        if own is not None and member in each and own in map(str, each.values()):
            return each[member]
    return None


def _own(made: Exchange, whose: str, pointer: str) -> str | None:
    raw = made.request.body if whose == "request" else (made.response and made.response.body) or b""
    try:
        return str(pointed(json.loads(raw), pointer, text=pointer))
    except (ValueError, RecursionError, ExpressionError):
        return None
