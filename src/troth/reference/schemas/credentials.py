"""Proving an address, and setting passwords."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from troth.reference.fields import Email, Given, GivenPassword, Id, NewPassword, Shown, Token
from troth.reference.schemas.done import Done

_TOKEN = "the-token-that-the-letter-carried"  # noqa: S105 - nobody's


class AddressGiven(Given):
    """To whom a letter is to go."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"email": "erin@fixture-one.test"}]}
    )

    email: Email


class EmailVerification(Given):
    """The token that a letter carried."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": _TOKEN}]})

    token: Token


class PasswordConfirmation(Given):
    """The token that a letter carried, and the new password."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"token": _TOKEN, "new_password": "another long enough one"}]
        },
    )

    token: Token
    new_password: NewPassword


class PasswordChange(Given):
    """The password as it is, and as it shall be."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "current_password": "a long enough one",
                    "new_password": "another long enough one",
                }
            ]
        },
    )

    current_password: GivenPassword
    new_password: NewPassword


class PasswordReset(Given):
    """Whose password an admin sets."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "user_id": "00000000-0000-4000-8000-000000000000",
                    "new_password": "another long enough one",
                }
            ]
        },
    )

    user_id: Id
    new_password: NewPassword


class PasswordSet(Done):
    """That the password is set, and how many sessions ended with the old one."""

    revoked: Annotated[int, Field(ge=0)]


class FixtureToken(Shown):
    """What a letter would have carried."""

    token: Token
    expires_at: datetime
