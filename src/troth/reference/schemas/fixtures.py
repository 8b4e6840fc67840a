"""Worlds that tests ask for: tenants, in them users, and of them conversations."""

from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.config import JsonDict

from troth.reference.fields import (
    Email,
    FixtureRole,
    Given,
    Id,
    Name,
    NewPassword,
    Shown,
    Slug,
)
from troth.reference.schemas.conversations import NewMessage

_EXAMPLE: JsonDict = {
    "tenants": [
        {
            "slug": "fixture-one",
            "name": "Fixture One",
            "users": [
                {
                    "email": "erin@fixture-one.test",
                    "display_name": "Erin",
                    "role": "member",
                    "password": "a long enough one",
                    "conversations": [
                        {
                            "key": "first",
                            "display_name": "First steps",
                            "messages": [{"role": "user", "content": "Hello"}],
                        }
                    ],
                }
            ],
        }
    ]
}


class ConversationFixture(Given):
    """A conversation; its key makes it the same one each time."""

    key: Slug
    display_name: Name
    messages: Annotated[list[NewMessage], Field(max_length=5)]


class UserFixture(Given):
    """A user."""

    email: Email
    display_name: Name
    role: FixtureRole
    password: NewPassword
    conversations: Annotated[list[ConversationFixture], Field(max_length=3)]


class TenantFixture(Given):
    """A tenant, of this router's own making."""

    slug: Slug
    name: Name
    users: Annotated[list[UserFixture], Field(max_length=3)]


class Fixtures(Given):
    """A world."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    tenants: Annotated[list[TenantFixture], Field(min_length=1, max_length=3)]


class Seeded(Shown):
    """One thing that is there now."""

    key: str
    id: Id


class Applied(Shown):
    """What is there now, and how much of it is new."""

    tenants: list[Seeded]
    users: list[Seeded]
    conversations: list[Seeded]
    created: Annotated[int, Field(ge=0)]
