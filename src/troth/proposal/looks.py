"""What a service answers to a few GETs that nobody signed: lists, links, refusals."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from troth.exchange import Exchange
from troth.spec.harmless import harmless
from troth.spec.operation import Operation, Spec

MOST: Final = 20
"""Operations that are looked at: each is one GET."""

Get = Callable[[Operation], Exchange | None]
"""Sends a GET of an operation without a credential; None where it may not be sent."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one GET showed. ``body`` is its JSON, None where it had none."""

    status: int
    media_type: str = ""
    links: bool = False
    body: Any = None


def looks(spec: Spec, get: Get) -> Mapping[str, Look]:
    """What each operation showed that could be asked without knowing anything, by label."""
    found = {}
    for each in [one for one in spec.operations if harmless(one)][:MOST]:
        exchange = get(each)
        response = exchange.response if exchange is not None else None
        if response is None:
            continue
        try:
            body = json.loads(response.body) if "json" in response.media_type else None
        except ValueError:
            body = None
        link = response.header("link") or ""
        found[each.label] = Look(response.status, response.media_type, 'rel="next"' in link, body)
    return found
