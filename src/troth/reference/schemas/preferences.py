"""What a user has consented to, and wants to hear of."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Boolean, Given, Id, Shown

Channel = Literal["email", "push", "sms", "in_app"]
Category = Literal["security", "billing", "product", "activity"]
PolicyKey = Annotated[str, Field(min_length=2, max_length=64, pattern="^[a-z][a-z0-9_-]*$")]
Version = Annotated[str, Field(min_length=1, max_length=32, pattern="^[0-9A-Za-z][0-9A-Za-z.-]*$")]


class NewConsent(Given):
    """A consent to one version of a policy."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"policy_key": "privacy", "version": "2026-01"}]},
    )

    policy_key: PolicyKey
    version: Version


class ConsentShown(Shown):
    """A consent."""

    id: Id
    policy_key: str
    version: str
    created_at: datetime


class ConsentGiven(Shown):
    """It is on record, since the moment it says."""

    success: Literal[True]
    consent: ConsentShown


class ConsentPage(Shown):
    """A page of consents."""

    items: list[ConsentShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class NewPreference(Given):
    """Whether to hear of one category by one channel."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"channel": "email", "category": "product", "enabled": False}]
        },
    )

    channel: Channel
    category: Category
    enabled: Boolean


class PreferenceShown(Shown):
    """Whether the user wants to hear of one category by one channel."""

    id: Id
    channel: Channel
    category: Category
    enabled: bool
    created_at: datetime
    updated_at: datetime


class PreferencePage(Shown):
    """A page of preferences."""

    items: list[PreferenceShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None
