"""Vector stores, the texts in them, and what a search finds."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from troth.reference.fields import TEXT_PATTERN, Content, Given, Id, Integer, Name, Shown

Count = Annotated[int, Field(ge=0)]


class NewVectorStore(Given):
    """A store to be made."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"name": "Handbook"}]}
    )

    name: Name


class VectorStoreShown(Shown):
    """A store."""

    id: Id
    name: str
    file_count: Count
    agent_keys: list[str]
    created_at: datetime


class VectorStorePage(Shown):
    """A page of stores."""

    items: list[VectorStoreShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class TextSource(Given):
    """A text as it is."""

    kind: Literal["text"]
    name: Name
    content: Content


class FileSource(Given):
    """A file of another store of the tenant, which is copied."""

    kind: Literal["file"]
    file_id: Id


Source = Annotated[TextSource | FileSource, Field(discriminator="kind")]


class NewAttachment(Given):
    """What is to be put into the store."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "source": {
                        "kind": "text",
                        "name": "travel.txt",
                        "content": "Travel is booked a week ahead. Trains before planes.",
                    }
                }
            ]
        },
    )

    source: Source


class NewUpload(Given):
    """An uploaded text that is to be put into the store."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"filename": "leave.txt", "content": "Leave is asked for in writing."}]
        },
    )

    filename: Name
    content: Content


class VectorFileShown(Shown):
    """A text in a store."""

    id: Id
    vector_store_id: Id
    filename: str
    bytes: Count
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    chunk_count: Count
    created_at: datetime


class VectorFilePage(Shown):
    """A page of texts."""

    items: list[VectorFileShown]
    total: Count
    limit: int
    offset: int
    next_cursor: str | None


class NewSearch(Given):
    """What is sought."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"query": "trains", "top_k": 3}]}
    )

    query: Annotated[str, Field(min_length=1, max_length=500, pattern=TEXT_PATTERN)]
    top_k: Annotated[Integer, Field(ge=1, le=50)] = 5


class Result(Shown):
    """A piece of a text, and how well it fits."""

    file_id: Id
    filename: str
    position: Count
    text: str
    score: Annotated[float, Field(ge=0)]


class SearchShown(Shown):
    """The best pieces, the best first."""

    results: list[Result]
