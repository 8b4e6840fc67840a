"""Where bytes are kept, in memory or in a folder, by keys that never hold two different things."""

import os
import tempfile
import threading
from pathlib import Path
from typing import Protocol


class ObjectStore(Protocol):
    """Keeps bytes by key; whoever writes a key again writes the same bytes."""

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`, whole or not at all."""

    def get(self, key: str) -> bytes | None:
        """The bytes of that key, if they are there."""

    def has(self, key: str) -> bool:
        """Whether they are there."""

    def delete(self, key: str) -> None:
        """Forget them; what is not there is no matter."""


class MemoryObjects:
    """Bytes of this process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[str, bytes] = {}

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`."""
        with self._lock:
            self._kept[key] = data

    def get(self, key: str) -> bytes | None:
        """The bytes of that key."""
        with self._lock:
            return self._kept.get(key)

    def has(self, key: str) -> bool:
        """Whether they are there."""
        with self._lock:
            return key in self._kept

    def delete(self, key: str) -> None:
        """Forget them."""
        with self._lock:
            self._kept.pop(key, None)


class FolderObjects:
    """One file a key; keys are made by this service of ids and digests, and so are file names."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder

    def put(self, key: str, data: bytes) -> None:
        """Keep `data`: a reader sees the whole file or none."""
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".new-")
        partial = Path(name)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            partial.replace(self._folder / key)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise

    def get(self, key: str) -> bytes | None:
        """The bytes of that key."""
        try:
            return (self._folder / key).read_bytes()
        except FileNotFoundError:
            return None

    def has(self, key: str) -> bool:
        """Whether they are there."""
        return (self._folder / key).is_file()

    def delete(self, key: str) -> None:
        """Forget them."""
        (self._folder / key).unlink(missing_ok=True)
