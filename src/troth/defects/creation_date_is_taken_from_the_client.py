"""A conversation was made when its maker says.

The whole body is bound to the model, as Rails, Spring and Mongoose do by themselves (CWE-915):
GitHub in 2012 took a `user_id` so, and lost the repository of Rails to it.
"""

import json
from collections import deque
from typing import Any

from fastapi import FastAPI

from troth.defects.defect import Defect
from troth.defects.planting import edit_answers, edit_json, edit_requests

MEMBER = "created_at"


def plant(app: FastAPI) -> None:
    """Of conversations."""
    said: deque[Any] = deque(maxlen=1)
    dates: dict[str, Any] = {}

    def taken(body: Any) -> Any:
        said.clear()
        if isinstance(body, dict) and MEMBER in body:
            said.append(body.pop(MEMBER))
        return body

    def made(start: Any, body: bytes) -> bytes:
        if start["status"] == 201 and said:
            dates[json.loads(body)["id"]] = said.popleft()
        return body

    def shown(body: Any) -> Any:
        return {**body, MEMBER: dates.get(body["id"], body[MEMBER])}

    edit_requests(app, "POST", "/api/v1/conversations", taken)
    edit_answers(app, "POST", "/api/v1/conversations", made)
    edit_json(app, "GET", "/api/v1/conversations/[0-9a-f-]{36}", shown)


DEFECT = Defect(
    caught_by=("SEC324",),
    operations=("createConversation",),
    plant=plant,
)
