"""The AI provider's files and containers, behind one seam; the stub computes them from their names.

A stub that remembers nothing gives the same files after a restart, and in every process.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol
from uuid import NAMESPACE_URL, UUID, uuid5

_BIRTH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class ProviderFile:
    """A file that the provider keeps."""

    id: str
    filename: str
    purpose: str
    data: bytes
    created_at: datetime

    @property
    def sort_id(self) -> str:
        """The id as a UUID, as the cursors of pages take it."""
        return str(UUID(self.id.partition("-")[2]))


class FileProvider(Protocol):
    """What this service asks of the provider; a project is one tenant's corner there."""

    def files(self, project: str) -> Sequence[ProviderFile]:
        """The project's files."""

    def open_container(self, project: str, key: str) -> str:
        """A container's id at the provider; the same one for the same `key`."""

    def container_files(self, container: str, since: datetime) -> Sequence[ProviderFile]:
        """The files in a container that was opened at `since`."""

    def close_container(self, container: str) -> None:
        """Let go of it; one that is closed already is no matter."""


class StubProvider:
    """Two files a project, one a container."""

    def files(self, project: str) -> Sequence[ProviderFile]:
        """A text and a table."""
        table = "".join(f"{each},{each * each}\n" for each in range(16))
        return (
            _file(project, "guide.txt", "assistants", b"How to ask an agent.\n", _BIRTH),
            _file(project, "squares.csv", "user_data", f"n,square\n{table}".encode(), _BIRTH),
        )

    def open_container(self, project: str, key: str) -> str:
        """Named for its key."""
        return "cntr_" + hashlib.sha256(f"{project}/{key}".encode()).hexdigest()[:40]

    def container_files(self, container: str, since: datetime) -> Sequence[ProviderFile]:
        """The note that each container begins with."""
        text = f"This is container {container}.\n".encode()
        return (_file(container, "README.txt", "container", text, since),)

    def close_container(self, container: str) -> None:
        """There is nothing to let go of."""


def _file(owner: str, name: str, purpose: str, data: bytes, created_at: datetime) -> ProviderFile:
    id_ = uuid5(NAMESPACE_URL, f"urn:troth:provider:{owner}/{name}").hex
    return ProviderFile(f"file-{id_}", name, purpose, data, created_at)
