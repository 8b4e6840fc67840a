"""What an instance keeps content with: the object store, the tickets to it, the file provider."""

from dataclasses import dataclass

from troth.reference.file_provider import FileProvider, StubProvider
from troth.reference.object_store import FolderObjects, MemoryObjects, ObjectStore
from troth.reference.settings import Settings
from troth.reference.tickets import Tickets


@dataclass(frozen=True)
class Content:
    """The three seams of content."""

    objects: ObjectStore
    tickets: Tickets
    provider: FileProvider


def build(settings: Settings) -> Content:
    """What the settings ask for."""
    folder, key = settings.storage_folder, settings.storage_key
    return Content(
        objects=MemoryObjects() if folder is None else FolderObjects(folder),
        tickets=Tickets(key.get_secret_value() if key else None, settings.storage_ttl),
        provider=StubProvider(),
    )
