"""What happens to the caller's billing, as it happens."""

from starlette.responses import StreamingResponse

from troth.reference import events
from troth.reference.domain import billing
from troth.reference.domain.access import CallerHere
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.billing import BillingEventShown
from troth.reference.schemas.streams import Ping

routes = Routes("/api/v1/billing", "billing-stream", "What happens to billing, as it happens.")


@routes.operation(
    "GET",
    "/stream",
    "streamBilling",
    "Follow my tenant's billing",
    access="everyone",
    events={"ping": Ping, "billing": BillingEventShown},
    order="ping (ping|billing)*",
)
async def stream(caller: CallerHere, platform: Here) -> StreamingResponse:
    """Events of the caller's tenant from now on; a ping first, and whenever nothing happens."""
    source = billing.stream(platform, caller.tenant_id)
    await platform.bus.ready()  # 503 while nothing can be heard, instead of a stream that is deaf
    return events.respond(source, heartbeat=platform.settings.heartbeat or None)
