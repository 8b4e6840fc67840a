"""Incidents: everybody reads them, operators report and resolve them."""

from fastapi import Response

from troth.reference.domain import status
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.status import Dispatched, IncidentPage, IncidentShown, NewIncident

routes = Routes("/api/v1/status/incidents", "status")
UNKNOWN = {404: "There is no such incident."}
_LINKS = {
    name: {"incident_id": "$response.body#/id"}
    for name in ("getIncident", "resolveIncident", "resendIncident")
}


@routes.operation(
    "GET",
    "",
    "listIncidents",
    "All incidents",
    access="public",
    ids={"/api/v1/status/incidents/{incident_id}": "/items/0/id"},
)
def pages(platform: Here, span: SpanHere) -> IncidentPage:
    """In the order they were reported."""
    return status.pages(platform, span)


@routes.operation(
    "POST",
    "",
    "reportIncident",
    "Report an incident",
    access="everyone",
    scope="status:manage",
    status=201,
    headers=("Location",),
    links=_LINKS,
)
def report(body: NewIncident, platform: Here, response: Response) -> IncidentShown:
    """Subscribers are told."""
    shown = status.report(platform, body)
    response.headers["Location"] = f"{routes.prefix}/{shown.id}"
    return shown


@routes.operation(
    "GET",
    "/{incident_id}",
    "getIncident",
    "An incident",
    access="public",
    ids={"/api/v1/status/incidents/{incident_id}": "/id"},
    errors=UNKNOWN,
)
def one(incident_id: PathId, platform: Here) -> IncidentShown:
    """One of them."""
    return status.one(platform, incident_id)


@routes.operation(
    "POST",
    "/{incident_id}/resolve",
    "resolveIncident",
    "Resolve an incident",
    access="everyone",
    ids={"/api/v1/status/incidents/{incident_id}": "/id"},
    scope="status:manage",
    errors=UNKNOWN | {409: "The incident is resolved."},
)
def resolve(incident_id: PathId, platform: Here) -> IncidentShown:
    """Ends it, once; subscribers are told."""
    return status.resolve(platform, incident_id)


@routes.operation(
    "POST",
    "/{incident_id}/resend",
    "resendIncident",
    "Tell subscribers of an incident once more",
    access="everyone",
    ids={"/api/v1/status/incidents/{incident_id}": "/incident_id"},
    scope="status:manage",
    status=202,
    errors=UNKNOWN,
)
def resend(incident_id: PathId, platform: Here) -> Dispatched:
    """`dispatched` says whether there was anybody to tell."""
    return status.resend(platform, incident_id)
