"""The shapes of single values, each wholly expressed in its schema: no rule is left unsaid."""

from types import NoneType
from typing import Annotated, Any, Literal, get_args

from fastapi import Path, Query
from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, Strict
from pydantic_core import CoreSchema

UUID_PATTERN = r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"
# Character classes are spelled out: \s and \d mean other things in other dialects.
TEXT_PATTERN = r"^[^\u0000]*$"
NAME_PATTERN = r"^[^\u0000-\u0020\u007F][^\u0000-\u001F\u007F]*$"
EMAIL_PATTERN = r"^[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+$"
SLUG_PATTERN = r"^[a-z][a-z0-9-]{1,39}$"
CURSOR_PATTERN = r"^[0-9a-f]{46}$"

Role = Literal["owner", "admin", "member", "viewer", "operator"]
AssignableRole = Literal["admin", "member", "viewer"]
FixtureRole = Literal["owner", "admin", "member", "viewer"]
UserStatus = Literal["active", "suspended"]
MessageRole = Literal["user", "assistant"]

Name = Annotated[str, Field(min_length=1, max_length=120, pattern=NAME_PATTERN)]
Content = Annotated[str, Field(min_length=1, max_length=4000, pattern=TEXT_PATTERN)]
Email = Annotated[str, Field(min_length=5, max_length=200, pattern=EMAIL_PATTERN)]
Slug = Annotated[str, Field(min_length=2, max_length=40, pattern=SLUG_PATTERN)]
GivenPassword = Annotated[str, Field(min_length=1, max_length=128)]
NewPassword = Annotated[str, Field(min_length=12, max_length=128)]
Token = Annotated[str, Field(min_length=1, max_length=4096)]
Integer = Annotated[int, Strict()]
Boolean = Annotated[bool, Strict()]

Id = Annotated[str, Field(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]
PathId = Annotated[str, Path(pattern=UUID_PATTERN, json_schema_extra={"format": "uuid"})]
Limit = Annotated[int, Query(ge=1, le=100, description="At most so many items.")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="Items to leave out first.")]


class NotNull:
    """Marks `T | None = None` as optional, but never null when it is sent."""

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        """The schema of `T` alone."""
        return handler(next(each for each in get_args(source) if each is not NoneType))


Cursor = Annotated[
    Annotated[str, Field(pattern=CURSOR_PATTERN)] | None,
    NotNull(),
    Query(description="`next_cursor` of the page before; opaque."),
]


class Given(BaseModel):
    """What a client sends: no unknown field."""

    model_config = ConfigDict(extra="forbid")


class Shown(BaseModel):
    """What the service answers: closed, every field present."""

    model_config = ConfigDict(extra="forbid")
