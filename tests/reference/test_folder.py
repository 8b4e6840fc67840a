"""What lies in the folder of an instance is there for the next one; keys are made once."""

from troth.reference.app import create_app
from troth.reference.folder import placed
from troth.reference.settings import Settings


def test_without_a_folder_nothing_is_placed():
    settings = Settings()
    assert placed(settings) is settings


def test_the_next_instance_has_the_same_keys_and_tables(tmp_path):
    settings = Settings(folder=tmp_path / "kept", seed=True)
    first, second = create_app(settings).state.platform, create_app(settings).state.platform
    assert first.key.kid == second.key.kid
    ticket = first.content.tickets.issue("download", "6f1b2c3d-0a4e-4b5f-8c6d-7e8f9a0b1c2d")
    assert second.content.tickets.believe(ticket.text, "download") == ticket
    first.content.objects.put("key", b"bytes")
    assert second.content.objects.get("key") == b"bytes"
    assert first.database.engine.url == second.database.engine.url
    for each in (first, second):
        each.close()
    kept = tmp_path / "kept"
    assert (kept / "reference.sqlite3").exists(), "it is not the instance's to remove"
    for name in ("signing-key.pem", "storage-key"):
        assert (kept / name).stat().st_mode & 0o077 == 0
    assert len(list(kept.glob("s*-key*"))) == 2, "nothing half written is left"


def test_what_is_set_apart_stays_apart(tmp_path):
    settings = Settings(folder=tmp_path, storage_folder=tmp_path / "elsewhere")
    assert placed(settings).storage_folder == tmp_path / "elsewhere"
