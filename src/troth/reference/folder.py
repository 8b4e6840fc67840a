"""What outlives the process where a folder is set: objects and keys, unless they are set apart.

The database lies there too. Two processes may begin at once: whoever makes a key first, wins.
"""

import os
import secrets
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import SecretStr

from troth.reference.settings import Settings


def placed(settings: Settings) -> Settings:
    """The settings with all that lies in their folder; as they are where they have none."""
    folder = settings.folder
    if folder is None:
        return settings
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    changes: dict[str, object] = {}
    if settings.storage_folder is None:
        changes["storage_folder"] = folder / "objects"
    if settings.signing_key is None:
        changes["signing_key"] = SecretStr(_kept(folder / "signing-key.pem", _pem()))
    if settings.storage_key is None:
        changes["storage_key"] = SecretStr(_kept(folder / "storage-key", secrets.token_urlsafe(32)))
    return settings.model_copy(update=changes)


def _pem() -> str:
    made = Ed25519PrivateKey.generate()
    return made.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()


def _kept(file: Path, fresh: str) -> str:
    """What is in ``file``; ``fresh``, from now on, where there is none yet."""
    own = file.with_name(f"{file.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(own, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as stream:
        stream.write(fresh)
    try:
        file.hardlink_to(own)  # whole or not at all, and never over another's
    except FileExistsError:
        pass
    finally:
        own.unlink()
    return file.read_text()
