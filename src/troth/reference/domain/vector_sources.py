"""Where a vector store's texts come from: the request, another store, or an uploaded object."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from troth.reference.problems import unknown
from troth.reference.schemas.vector_stores import NewUpload, Source, TextSource
from troth.reference.storage import vector_stores


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its name."""

    name: str
    content: str


def of_source(db: Session, tenant_id: str, given: Source) -> Text:
    """What is to be attached; ProblemError 404 for a file that the tenant does not have."""
    if isinstance(given, TextSource):
        return Text(given.name, given.content)
    found = vector_stores.file_of_tenant(db, tenant_id, given.file_id)
    if found is None:
        raise unknown()
    return Text(found.name, found.content)


def of_upload(db: Session, tenant_id: str, given: NewUpload) -> Text:  # noqa: ARG001 - the seam
    """The text of an upload. The one place to change when it is to come from object storage."""
    return Text(given.filename, given.content)
