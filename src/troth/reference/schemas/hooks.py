"""Hooks: where the service tells of turns that ended, and what became of the telling."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Given, Id, Shown
from troth.reference.schemas.agent_sessions import Count

HookEvent = Literal["turn.completed", "turn.failed", "turn.waiting"]
DeliveryEvent = Literal["turn.completed", "turn.failed", "turn.waiting", "hook.test"]
DeliveryStatus = Literal["pending", "delivered", "failed", "refused", "skipped"]
HookUrl = Annotated[
    str, Field(pattern=r"^https?://[A-Za-z0-9._~:/?=&%\[\]-]+$", min_length=8, max_length=300)
]


class NewHook(Given):
    """A hook to be registered."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"url": "https://93.184.215.14/hook", "events": ["turn.completed"]}]
        },
    )

    url: HookUrl
    """http or https; every address of its host must be public."""
    events: Annotated[list[HookEvent], Field(min_length=1, max_length=3)]


class HookShown(Shown):
    """A hook."""

    hook_id: Id
    url: str
    events: list[HookEvent]
    created_at: datetime


class HookCreated(HookShown):
    """A hook with its secret, which is shown this once.

    The key of the HMAC-SHA256 in `X-Hook-Signature` is the SHA-256 of the secret, in hex.
    """

    secret: str


class HookDelivery(Shown):
    """One telling, and what became of it."""

    delivery_id: Id
    event: DeliveryEvent
    status: DeliveryStatus
    attempts: Count
    response_status: int | None
    created_at: datetime


class HookDetail(HookShown):
    """A hook with its last deliveries, newest first."""

    deliveries: list[HookDelivery]


class HookPage(Shown):
    """A page of hooks."""

    hooks: list[HookShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None
