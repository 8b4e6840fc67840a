"""Files that the AI provider keeps, handed through to the tenant they belong to."""

from typing import Annotated

from fastapi import Path, Response

from troth.reference.domain import containers, hosted_files
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.routers.binary import OCTETS, attachment, documented
from troth.reference.routes import Routes
from troth.reference.schemas import hosted_files as shapes

routes = Routes("/api/v1/openai", "openai-files", "Files at the AI provider.")
FileId = Annotated[str, Path(pattern=shapes.FILE_ID_PATTERN)]


@routes.operation(
    "GET",
    "/files",
    "listProviderFiles",
    "The provider's files of my tenant",
    access="everyone",
    ids={"/api/v1/openai/files/{file_id}": "/items/0/id"},
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.HostedFilePage:
    """In the order they were made; those in containers are listed there."""
    return hosted_files.pages(platform, caller, span)


@routes.operation(
    "GET",
    "/files/{file_id}/download",
    "downloadProviderFile",
    "Download a file from the provider",
    access="everyone",
    errors={404: "Your tenant has no such file."},
    headers=("Content-Disposition",),
    documented=documented(OCTETS),
    response_class=Response,
)
def download(file_id: FileId, caller: CallerHere, platform: Here) -> Response:
    """Its bytes."""
    file = hosted_files.one(platform, caller, file_id)
    return attachment(file.data, file.filename)


@routes.operation(
    "GET",
    "/containers/{container_id}/files/{file_id}/download",
    "downloadContainerFile",
    "Download a file from a container",
    access="everyone",
    errors={404: "Your tenant has no such container, or it no such file."},
    headers=("Content-Disposition",),
    documented=documented(OCTETS),
    response_class=Response,
)
def download_from_container(
    container_id: PathId, file_id: FileId, caller: CallerHere, platform: Here
) -> Response:
    """Its bytes."""
    _, files = containers.files_in(platform, caller, container_id)
    file = hosted_files.pick(files, file_id)
    return attachment(file.data, file.filename)
