"""How the platform is: an overview, and incidents."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Content, Given, Id, Name, Shown

ComponentKey = Literal["api", "agents", "search", "storage", "billing"]
Severity = Literal["minor", "major", "critical"]
ComponentState = Literal["operational", "degraded", "partial_outage", "major_outage"]
Count = Annotated[int, Field(ge=0)]


class ComponentShown(Shown):
    """A part of the platform."""

    key: ComponentKey
    name: Annotated[str, Field(examples=["API"])]
    state: ComponentState


class Overview(Shown):
    """The platform as a whole, which is as well as its worst part."""

    state: ComponentState
    description: str
    components: list[ComponentShown]


class IncidentShown(Shown):
    """An incident."""

    id: Id
    component: ComponentKey
    severity: Severity
    title: str
    message: str
    state: Literal["open", "resolved"]
    created_at: datetime
    resolved_at: datetime | None


class StatusShown(Shown):
    """The overview, and the latest incidents, newest first."""

    overview: Overview
    incidents: Annotated[list[IncidentShown], Field(max_length=50)]


class IncidentPage(Shown):
    """A page of incidents."""

    items: list[IncidentShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class NewIncident(Given):
    """An incident to be told of."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "component": "search",
                    "severity": "minor",
                    "title": "Searches take longer",
                    "message": "We are looking into it.",
                }
            ]
        },
    )

    component: ComponentKey
    severity: Severity
    title: Name
    message: Content


class Dispatched(Shown):
    """Whether anybody was told."""

    incident_id: Id
    dispatched: bool
    recipients: Count
