"""A tenant and its settings."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from troth.reference.fields import Boolean, Email, Given, Id, Integer, Name, Shown

Locale = Literal["en", "de", "fr", "ja"]
_EXAMPLE: JsonDict = {
    "name": "Acme",
    "support_email": "help@acme.test",
    "locale": "en",
    "retention_days": 30,
    "allow_memory": True,
}


class TenantShown(Shown):
    """A tenant."""

    id: Id
    slug: str
    name: Annotated[str, Field(examples=["Acme"])]
    created_at: datetime


class TenantPage(Shown):
    """A page of tenants."""

    items: list[TenantShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class NewSettings(Given):
    """The settings, replaced as a whole."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    name: Name
    support_email: Email | None
    locale: Locale
    retention_days: Annotated[Integer, Field(ge=1, le=3650)]
    allow_memory: Boolean


class SettingsShown(Shown):
    """The settings as they stand."""

    name: Annotated[str, Field(examples=["Acme"])]
    support_email: str | None
    locale: Locale
    retention_days: int
    allow_memory: bool
    version: Annotated[int, Field(ge=1)]
