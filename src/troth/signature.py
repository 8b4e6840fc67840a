"""Signs the raw body of a request, as the senders of webhooks do."""

import hmac
from dataclasses import replace
from hashlib import sha256

from troth.config.operations import SignSection
from troth.exchange import Request


def signed(request: Request, sign: SignSection, *, now: float) -> Request:
    """``request`` with a valid signature in place of any other, made over the bytes it sends."""
    key = sign.secret.strip().encode()
    if sign.scheme == "stripe":
        moment = str(int(now))
        digest = hmac.new(key, f"{moment}.".encode() + request.body, sha256).hexdigest()
        value = f"t={moment},v1={digest}"
    else:
        value = sign.prefix + hmac.new(key, request.body, sha256).hexdigest()
    kept = [pair for pair in request.headers if pair[0].lower() != sign.header.lower()]
    return replace(request, headers=(*kept, (sign.header, value)))
