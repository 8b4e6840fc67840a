"""People of a tenant."""

from datetime import datetime
from typing import Annotated

from pydantic import ConfigDict, Field

from troth.reference.fields import (
    AssignableRole,
    Email,
    Given,
    Id,
    Name,
    NewPassword,
    NotNull,
    Role,
    Shown,
    UserStatus,
)


class NewUser(Given):
    """Someone to be invited."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "email": "dave@acme.test",
                    "display_name": "Dave",
                    "role": "member",
                    "password": "a long enough one",
                }
            ]
        },
    )

    email: Email
    display_name: Name
    role: AssignableRole
    password: NewPassword


class UserChange(Given):
    """What of a user is to change; what is not sent stays."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"role": "viewer", "status": "active"}]}
    )

    role: Annotated[AssignableRole | None, NotNull()] = None
    status: Annotated[UserStatus | None, NotNull()] = None


class UserShown(Shown):
    """A user."""

    id: Id
    email: str
    display_name: str
    role: Role
    status: UserStatus
    created_at: datetime


class UserPage(Shown):
    """A page of users."""

    items: list[UserShown]
    total: Annotated[int, Field(ge=0)]
    limit: int
    offset: int
    next_cursor: str | None
