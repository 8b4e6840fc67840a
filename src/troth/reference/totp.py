"""One-time codes (RFC 6238): which time step a code is of, with one step of skew either way."""

import hmac
import time
from collections.abc import Iterator

import pyotp

PERIOD = 30
_ISSUER = "troth reference"


def new_secret() -> str:
    """160 random bits in base32."""
    return pyotp.random_base32()


def address(secret: str, email: str) -> str:
    """The `otpauth:` URI that an authenticator reads."""
    return pyotp.TOTP(secret, interval=PERIOD).provisioning_uri(name=email, issuer_name=_ISSUER)


def steps(secret: str, code: str) -> Iterator[int]:
    """The present steps that `code` is of; seldom more than one."""
    codes = pyotp.TOTP(secret, interval=PERIOD)
    present = int(time.time()) // PERIOD
    for step in (present - 1, present, present + 1):
        if hmac.compare_digest(codes.generate_otp(step), code):
            yield step
