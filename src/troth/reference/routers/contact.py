"""Messages from outside."""

from fastapi import Request

from troth.reference.domain import contact
from troth.reference.platform import Here
from troth.reference.routes import Routes
from troth.reference.schemas.contact import ContactReceived, NewContact
from troth.reference.trace import trace_of

routes = Routes("/api/v1/contact", "contact", "Messages from outside.")


@routes.operation(
    "POST",
    "",
    "sendContact",
    "Leave a message",
    access="public",
    status=202,
    errors={429: "Too many messages from this address, or of this sender."},
    counted=(202, 429),
)
def send(body: NewContact, request: Request, platform: Here) -> ContactReceived:
    """Thanked for, even if dropped: the second of a day of the same text, or with `website`."""
    address = request.client.host if request.client else "unknown"
    return contact.receive(platform, trace_of(request.scope), address, body)
