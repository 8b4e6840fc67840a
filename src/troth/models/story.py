"""What a step of a workflow takes from the steps before it."""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from troth.exchange import Exchange
from troth.models.scene import Scene, Taken
from troth.prop import Inconclusive
from troth.spec.stream import EVENTS, decoded
from troth.spec.workflows import EARLIER


def told_anew(scene: Scene, told: Any, done: Mapping[str, Exchange]) -> Any:
    """``told`` with what stands at its ``$steps.…``, and where that came from.

    Raises Inconclusive when nothing stands there.
    """
    if isinstance(told, Mapping):
        return {name: told_anew(scene, each, done) for name, each in told.items()}
    if isinstance(told, list | tuple):
        return [told_anew(scene, each, done) for each in told]
    match = EARLIER.fullmatch(told) if isinstance(told, str) else None
    if match is None:
        return told
    exchange = done[match["step"]]
    side = "request" if match["side"] else "response"
    expression = f"${side}.body#{match['pointer']}"
    response = exchange.response
    if side == "request" or response is None or response.media_type != EVENTS:
        return scene.taken(exchange, expression)
    listed = _listed(response.body)
    shown = replace(response, headers=(("content-type", "application/json"),), body=listed)
    # Of a stream no replay knows the place: what it renames are ids that lists show.
    return Taken(scene.taken(replace(exchange, response=shown), expression).value)


def _listed(body: bytes) -> bytes:
    """The events of a stream as a list of objects: ``type`` and ``data``."""
    events = []
    for each in decoded(body):
        try:
            data = json.loads(each.data)
        except ValueError:
            data = each.data
        events.append({"type": each.type, "data": data})
    if not events:
        raise Inconclusive("the stream had no event")
    return json.dumps(events).encode()
