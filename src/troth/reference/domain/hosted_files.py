"""The provider's files of the caller's tenant; nobody else's exist for them."""

from collections.abc import Sequence
from typing import Literal, cast

from troth.reference.domain.access import Caller
from troth.reference.file_provider import ProviderFile
from troth.reference.platform import Platform
from troth.reference.problems import unknown
from troth.reference.schemas import hosted_files as shapes
from troth.reference.storage.pages import Span, cursor_at, position


def pages(platform: Platform, caller: Caller, span: Span) -> shapes.HostedFilePage:
    """The tenant's files."""
    files = platform.content.provider.files(caller.tenant_id)
    items, cursor = cut(files, span)
    return shapes.HostedFilePage(
        items=[shown(each) for each in items],
        total=len(files),
        limit=span.limit,
        offset=span.offset,
        next_cursor=cursor,
    )


def one(platform: Platform, caller: Caller, id_: str) -> ProviderFile:
    """One file of the tenant; ProblemError 404 for any other."""
    return pick(platform.content.provider.files(caller.tenant_id), id_)


def pick(files: Sequence[ProviderFile], id_: str) -> ProviderFile:
    """The file of that id; ProblemError 404 if it is not among them."""
    found = next((each for each in files if each.id == id_), None)
    if found is None:
        raise unknown()
    return found


def cut(files: Sequence[ProviderFile], span: Span) -> tuple[list[ProviderFile], str | None]:
    """One page and where the next begins, in the order and with the cursors of `storage.pages`."""
    ordered = sorted(files, key=lambda each: (each.created_at, each.sort_id))
    if span.cursor is not None:
        behind = position(span.cursor)
        ordered = [each for each in ordered if (each.created_at, each.sort_id) > behind]
    items = ordered[span.offset : span.offset + span.limit]
    more = len(ordered) > span.offset + span.limit
    last = items[-1] if more else None
    return items, None if last is None else cursor_at(last.created_at, last.sort_id)


def shown(file: ProviderFile) -> shapes.HostedFile:
    """As the document says."""
    return shapes.HostedFile(
        id=file.id,
        filename=file.filename,
        purpose=cast("Literal['assistants', 'user_data', 'container']", file.purpose),
        bytes=len(file.data),
        created_at=file.created_at,
    )
