"""The payment provider's webhook: the signature first, over the bytes, and only then the body."""

import time
from collections.abc import Callable, Coroutine
from typing import Annotated, Any, cast

from fastapi import Header, Request, Response
from starlette.types import Message

from troth.reference.domain import stripe
from troth.reference.platform import Here, Platform
from troth.reference.problems import ProblemError, invalid
from troth.reference.routes import Routes, StrictRoute
from troth.reference.schemas.stripe import StripeEvent, StripeReceipt
from troth.reference.strict_json import StrictRequest

HEADER = "Stripe-Signature"
Signature = Annotated[
    str,
    Header(
        alias=HEADER,
        min_length=1,
        max_length=500,
        description="`t=<seconds>,v1=<hex>`: HMAC-SHA256 over `<seconds>.<body>`, of the last "
        f"{stripe.TOLERANCE} seconds.",
    ),
]


class SignedRoute(StrictRoute):
    """Reads the bytes and checks who signed them before anything is made of them."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The served function."""
        serve = super().get_route_handler()

        async def run(plain: Request) -> Response:
            platform = cast("Platform", plain.app.state.platform)
            request = StrictRequest(plain.scope, plain.receive)
            request.max_body = platform.settings.max_body
            request.require_json()
            body = await request.body()
            _check(platform, request.headers.getlist(HEADER), body)
            return await serve(Request(plain.scope, _again(plain, body)))

        return run


def _check(platform: Platform, headers: list[str], body: bytes) -> None:
    secret = platform.settings.stripe_webhook_secret
    if not headers:
        raise invalid(HEADER, "header", "is required")
    genuine = secret is not None and stripe.genuine(
        secret.get_secret_value(), ",".join(headers), body, time.time()
    )
    if not genuine:
        raise ProblemError(403, "The signature does not fit, or is too old.")


def _again(plain: Request, body: bytes) -> Callable[[], Coroutine[Any, Any, Message]]:
    """Gives the body that has been read already, then what else the connection says."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> Message:
        return pending.pop() if pending else await plain.receive()

    return receive


routes = Routes("/webhooks", "webhooks", "What others tell the service.")
routes.route_class = SignedRoute


@routes.operation(
    "POST",
    "/stripe",
    "receiveStripeWebhook",
    "The payment provider tells something",
    access="public",
    errors={403: "The signature does not fit the body, or is too old."},
)
def receive(body: StripeEvent, platform: Here, _signature: Signature) -> StripeReceipt:
    """Takes each event once, in whatever order; what is not ours is noted and changes nothing."""
    return stripe.receive(platform, body)
