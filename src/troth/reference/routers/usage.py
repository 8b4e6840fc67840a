"""What the caller's tenant has used."""

from troth.reference.domain import usage
from troth.reference.domain.access import CallerHere
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.usage import UsagePage

routes = Routes("/api/v1/usage", "usage", "What the caller's tenant has used.")


@routes.operation("GET", "", "listUsage", "My tenant's usage", access="everyone")
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> UsagePage:
    """One counter a feature and month, in the order they began."""
    return usage.pages(platform, caller, span)
