"""What a front end has to log."""

from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import TEXT_PATTERN, Given, Name, NotNull, Shown

Line = Annotated[str, Field(min_length=1, max_length=2000, pattern=TEXT_PATTERN)]
Place = Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT_PATTERN)]


class LogEntry(Given):
    """Something that happened in a browser."""

    level: Literal["debug", "info", "warning", "error"]
    message: Line
    source: Annotated[Name | None, NotNull()] = None
    url: Annotated[Place | None, NotNull()] = None
    stack: Annotated[Line | None, NotNull()] = None


class LogBatch(Given):
    """Some entries at once."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "entries": [
                        {
                            "level": "error",
                            "message": "The chart could not be drawn.",
                            "source": "dashboard",
                            "url": "https://app.acme.test/dashboard",
                        }
                    ]
                }
            ]
        },
    )

    entries: Annotated[list[LogEntry], Field(min_length=1, max_length=50)]


class LogAccepted(Shown):
    """How many entries were written."""

    accepted: Annotated[int, Field(ge=1)]
