"""Second factors, and logging in with one."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import Given, Id, Name, Shown, Token

MethodState = Literal["pending", "active"]
TotpCode = Annotated[str, Field(min_length=6, max_length=6, pattern="^[0-9]*$")]
RecoveryCode = Annotated[str, Field(min_length=16, max_length=16, pattern="^[A-Z2-7]*$")]
AnyCode = Annotated[
    str,
    Field(
        min_length=6,
        max_length=16,
        pattern="^[A-Z0-9]*$",
        description="Six digits of an authenticator, or a recovery code.",
    ),
]


class NewMethod(Given):
    """An authenticator to be enrolled."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"label": "Phone"}]})

    label: Name


class Proof(Given):
    """The first code of an authenticator."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"method_id": "5f0a9f5e-3a57-4b57-9d2c-0d3f6a1c2b4e", "code": "123456"}]
        },
    )

    method_id: Id
    code: TotpCode


class Completion(Given):
    """The second half of a login."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "challenge_token": "M3WQ0bKq3Yk2cQ0n8m1l9Vx5s7T4u6E2rZ1aJ0hG8dF",
                    "code": "123456",
                }
            ]
        },
    )

    challenge_token: Annotated[str, Field(min_length=43, max_length=43, pattern="^[A-Za-z0-9_-]*$")]
    code: AnyCode


class Enrolled(Shown):
    """A pending method, with its secret, which is not shown again."""

    method_id: Id
    secret: Annotated[str, Field(pattern="^[A-Z2-7]+$")]
    otpauth_uri: Annotated[str, Field(pattern="^otpauth://totp/")]
    expires_at: datetime


class MethodShown(Shown):
    """A second factor."""

    id: Id
    kind: Literal["totp"]
    label: str
    state: MethodState
    created_at: datetime
    activated_at: datetime | None


class MethodPage(Shown):
    """A page of second factors."""

    items: list[MethodShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None


class RecoveryCodes(Shown):
    """Fresh recovery codes, which are not shown again."""

    codes: Annotated[list[RecoveryCode], Field(min_length=10, max_length=10)]


class MfaRequired(Shown):
    """The password was right; the second factor is still to come."""

    mfa_required: Literal[True]
    challenge_token: Token
    expires_in: Annotated[int, Field(ge=1)]
