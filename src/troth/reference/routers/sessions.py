"""The caller's own login sessions."""

from troth.reference.domain import auth
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.auth import Revoked, SessionList

routes = Routes("/api/v1/auth/sessions", "auth")


@routes.operation(
    "GET",
    "",
    "listSessions",
    "My sessions",
    access="everyone",
)
def sessions(caller: CallerHere, platform: Here) -> SessionList:
    """The live ones, newest first."""
    return auth.list_sessions(platform, caller)


@routes.operation(
    "DELETE",
    "/{session_id}",
    "endSession",
    "End one of my sessions",
    access="everyone",
    errors={404: "You have no such live session."},
)
def end(session_id: PathId, caller: CallerHere, platform: Here) -> Revoked:
    """Ends it at once, with its tokens."""
    auth.end_session(platform, caller, session_id)
    return Revoked(revoked=True)
