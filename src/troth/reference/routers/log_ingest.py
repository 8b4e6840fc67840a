"""The log of front ends, mounted only where the settings ask for it."""

from fastapi import Request

from troth.reference.domain import log_ingest
from troth.reference.domain.access import CallerHere
from troth.reference.routes import Routes
from troth.reference.schemas.log_ingest import LogAccepted, LogBatch
from troth.reference.trace import trace_of

routes = Routes("/api/v1/logs", "logs", "What front ends report.")


@routes.operation(
    "POST", "", "ingestLogs", "Report from a front end", access="everyone", status=202
)
def ingest(body: LogBatch, caller: CallerHere, request: Request) -> LogAccepted:
    """Written into the service's log, without what looks like a secret."""
    return log_ingest.ingest(trace_of(request.scope), caller, body)
