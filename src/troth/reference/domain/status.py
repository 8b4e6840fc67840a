"""How the platform is: what operators say of it, and what follows for its parts."""

from typing import cast

from sqlalchemy.orm import Session

from troth.reference.domain.planting import stable_id
from troth.reference.platform import Platform
from troth.reference.problems import ProblemError, unknown
from troth.reference.schemas.status import (
    ComponentKey,
    ComponentShown,
    ComponentState,
    Dispatched,
    IncidentPage,
    IncidentShown,
    NewIncident,
    Overview,
    Severity,
    StatusShown,
)
from troth.reference.storage import incidents, status_subscriptions
from troth.reference.storage.incidents import Incident
from troth.reference.storage.pages import Span, page

_MOST = 50
_COMPONENTS: dict[ComponentKey, str] = {
    "api": "API",
    "agents": "Agents",
    "search": "Search",
    "storage": "Storage",
    "billing": "Billing",
}
_MEANING: dict[str, ComponentState] = {
    "minor": "degraded",
    "major": "partial_outage",
    "critical": "major_outage",
}
_SAID: dict[ComponentState, str] = {
    "operational": "Everything works.",
    "degraded": "Something works less well than it should.",
    "partial_outage": "Something does not work.",
    "major_outage": "Much does not work.",
}
_BY_GRAVITY = list(_SAID)


def snapshot(platform: Platform) -> StatusShown:
    """The overview, and the latest incidents."""
    with platform.database.read() as db:
        troubles = incidents.open_severities(db)
        rows = incidents.latest(db, _MOST)
    return StatusShown(overview=_overview(troubles), incidents=[_shown(row) for row in rows])


def pages(platform: Platform, span: Span) -> IncidentPage:
    """All incidents."""
    with platform.database.read() as db:
        rows = page(db, Incident, incidents.everything(), span)
    return IncidentPage(
        items=[_shown(row) for row in rows.items],
        total=rows.total,
        limit=span.limit,
        offset=span.offset,
        next_cursor=rows.next_cursor,
    )


def one(platform: Platform, incident_id: str) -> IncidentShown:
    """One incident."""
    with platform.database.read() as db:
        return _shown(_known(db, incident_id))


def report(platform: Platform, new: NewIncident) -> IncidentShown:
    """A new incident; subscribers are told."""
    with platform.database.write() as db:
        row = Incident(**new.model_dump())
        db.add(row)
        db.flush()
        status_subscriptions.tell(db, row.id)
        return _shown(row)


def resolve(platform: Platform, incident_id: str) -> IncidentShown:
    """End an incident, once; subscribers are told."""
    with platform.database.write() as db:
        ended = incidents.resolve(db, incident_id)
        row = _known(db, incident_id)
        if not ended:
            raise ProblemError(409, "The incident is resolved.")
        status_subscriptions.tell(db, row.id)
        return _shown(row)


def resend(platform: Platform, incident_id: str) -> Dispatched:
    """Tell subscribers once more."""
    with platform.database.write() as db:
        row = _known(db, incident_id)
        told = status_subscriptions.tell(db, row.id)
        return Dispatched(incident_id=row.id, dispatched=told > 0, recipients=told)


def plant(_: Platform, db: Session) -> None:
    """The seed's incident, which is open until somebody resolves it."""
    id_ = stable_id("incident", "first")
    if db.get(Incident, id_) is None:
        title, message = "Searches take longer", "An index is being rebuilt."
        db.add(Incident(id=id_, component="search", severity="minor", title=title, message=message))


def _known(db: Session, incident_id: str) -> Incident:
    found = db.get(Incident, incident_id.lower())
    if found is None:
        raise unknown()
    return found


def _overview(troubles: set[tuple[str, str]]) -> Overview:
    components = [
        ComponentShown(
            key=key,
            name=name,
            state=_worst([_MEANING[severity] for where, severity in troubles if where == key]),
        )
        for key, name in _COMPONENTS.items()
    ]
    state = _worst([each.state for each in components])
    return Overview(state=state, description=_SAID[state], components=components)


def _worst(states: list[ComponentState]) -> ComponentState:
    return max(states, key=_BY_GRAVITY.index, default="operational")


def _shown(row: Incident) -> IncidentShown:
    return IncidentShown(
        id=row.id,
        component=cast("ComponentKey", row.component),
        severity=cast("Severity", row.severity),
        title=row.title,
        message=row.message,
        state="open" if row.resolved_at is None else "resolved",
        created_at=row.created_at,
        resolved_at=row.resolved_at,
    )
