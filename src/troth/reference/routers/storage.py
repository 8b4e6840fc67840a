"""Stored objects of a tenant, and the signed URLs by which their bytes come and go."""

from typing import Annotated, get_args

from fastapi import Path, Request, Response
from starlette.concurrency import run_in_threadpool

from troth.reference.domain import objects, thumbnails
from troth.reference.domain.access import CallerHere
from troth.reference.fields import PathId
from troth.reference.paging import SpanHere
from troth.reference.platform import Here
from troth.reference.problems import ProblemError
from troth.reference.routers.binary import BINARY, OCTETS, attachment, documented
from troth.reference.routes import Routes
from troth.reference.schemas import storage as shapes
from troth.reference.tickets import PATTERN

routes = Routes("/api/v1/storage", "storage", "Stored objects, and signed URLs for their bytes.")
UNKNOWN = {404: "You have no such object."}
_BODY = {
    "required": True,
    "content": {OCTETS: {"schema": BINARY, "example": shapes.EXAMPLE}},
}
Ticket = Annotated[str, Path(pattern=PATTERN)]


@routes.operation(
    "POST",
    "/objects/upload-url",
    "presignUpload",
    "Announce an object",
    access="everyone",
    scope="storage:write",
    status=201,
    links={
        "uploadObject": {"upload_token": "$response.body#/upload_token"},
        "deleteObject": {"object_id": "$response.body#/object_id"},
    },
)
def announce(body: shapes.NewObject, caller: CallerHere, platform: Here) -> shapes.UploadUrl:
    """The object is pending until its bytes were sent to `upload_url`, relative to this service."""
    return objects.announce(platform, caller, body)


@routes.operation(
    "GET",
    "/objects",
    "listObjects",
    "Objects of my tenant",
    access="everyone",
    ids={"/api/v1/storage/objects/{object_id}": "/items/0/id"},
    scope="storage:read",
)
def pages(caller: CallerHere, platform: Here, span: SpanHere) -> shapes.ObjectPage:
    """In the order they were announced; what is meant for an agent is its uploader's alone."""
    return objects.pages(platform, caller, span)


@routes.operation(
    "GET",
    "/objects/{object_id}/download-url",
    "getObjectDownloadUrl",
    "Leave to download an object",
    access="everyone",
    scope="storage:read",
    errors=UNKNOWN | {409: objects.NOT_THERE},
    links={"downloadObject": {"download_token": "$response.body#/download_token"}},
)
def leave_to_download(object_id: PathId, caller: CallerHere, platform: Here) -> shapes.DownloadUrl:
    """A URL of its bytes, relative to this service, for whoever has it until it expires."""
    return objects.leave_to_download(platform, caller, object_id)


@routes.operation(
    "DELETE",
    "/objects/{object_id}",
    "deleteObject",
    "Delete an object",
    access="everyone",
    scope="storage:write",
    status=204,
    errors=UNKNOWN,
    response_class=Response,
)
def remove(object_id: PathId, caller: CallerHere, platform: Here) -> None:
    """Deletes it with its bytes and assets; once more, if it is deleted, does nothing."""
    objects.remove(platform, caller, object_id)


@routes.operation(
    "PUT",
    "/uploads/{upload_token}",
    "uploadObject",
    "Upload the bytes of an object",
    access="public",
    accepts=OCTETS,
    extra={"requestBody": _BODY},
    errors={
        403: "The URL is not one of ours, or its time is over.",
        404: "The object was deleted.",
        409: "These are not the bytes that were announced, or others were uploaded before.",
        415: "The body must be application/octet-stream.",
    },
    links={
        name: {"object_id": "$response.body#/id"}
        for name in ("getObjectDownloadUrl", "deleteObject")
    },
)
async def upload(upload_token: Ticket, request: Request, platform: Here) -> shapes.ObjectShown:
    """Whoever has the URL may; the same bytes may be sent again."""
    row, _ = await run_in_threadpool(objects.admitted, platform, upload_token, "upload")
    if request.headers.getlist("content-type") != [OCTETS]:
        raise ProblemError(415, "The body must be application/octet-stream.")
    return await run_in_threadpool(objects.keep, platform, row, await request.body())


@routes.operation(
    "GET",
    "/downloads/{download_token}",
    "downloadObject",
    "Download the bytes of an object",
    access="public",
    response_class=Response,
    documented=documented(*get_args(shapes.ContentType)),
    headers=("Content-Disposition",),
    errors={
        403: "The URL is not one of ours, or its time is over.",
        404: "The object was deleted, or its bytes are gone.",
    },
)
def download(download_token: Ticket, platform: Here) -> Response:
    """Whoever has the URL may; of a thumbnail, the thumbnail. It is never shown in place."""
    row, deed = objects.admitted(platform, download_token, "download", "thumbnail")
    data = thumbnails.bytes_for(platform, row, deed)
    return attachment(data, row.filename, row.content_type)
