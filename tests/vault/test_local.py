import os
import stat
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from evidence_tracker.errors import BlobMissing, NotReady, Refused
from evidence_tracker.vault.files import Files
from evidence_tracker.vault.local import LocalStore

AN_HOUR = timedelta(hours=1)


def keep(store, content=b"ciphertext", blob_id=None):
    blob_id = blob_id or uuid4()
    with store.write(blob_id) as writer:
        writer.write(content)
    return blob_id


def later(**interval):
    return datetime.now(UTC) + timedelta(**interval)


def modes(root):
    return {path: stat.S_IMODE(path.stat().st_mode) for path in root.rglob("*")}


def test_it_keeps_what_was_written(store):
    blob_id = keep(store, b"ciphertext")
    with store.open(blob_id) as stream:
        assert stream.read() == b"ciphertext"
    assert store.size(blob_id) == 10
    assert store.exists(blob_id)
    assert list(store.ids()) == [blob_id]


def test_only_the_owner_can_enter_and_nobody_can_write_a_blob(store, tmp_path):
    blob_id = keep(store)
    vault = tmp_path / "vault"
    found = modes(vault)
    blob = vault / blob_id.hex[:2] / blob_id.hex
    assert found.pop(blob) == 0o400
    assert stat.S_IMODE(vault.stat().st_mode) == 0o700
    assert set(found.values()) == {0o700}


def test_a_file_being_written_is_private(store, tmp_path):
    with store.write(uuid4()):
        (unfinished,) = (tmp_path / "vault" / "incoming").iterdir()
        assert stat.S_IMODE(unfinished.stat().st_mode) == 0o600


def test_an_unfinished_blob_cannot_be_seen(store):
    blob_id = uuid4()
    with store.write(blob_id) as writer:
        writer.write(b"half")
        assert not store.exists(blob_id)
        assert list(store.ids()) == []


def test_a_failed_write_leaves_nothing(store, tmp_path):
    blob_id = uuid4()

    def interrupted():
        with store.write(blob_id) as writer:
            writer.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not store.exists(blob_id)
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


def test_it_refuses_to_overwrite(store):
    blob_id = keep(store, b"first")
    with pytest.raises(Refused, match=str(blob_id)), store.write(blob_id):
        pytest.fail("the second writer was let in")
    with store.open(blob_id) as stream:
        assert stream.read() == b"first"


def test_it_refuses_a_second_writer_of_the_same_id(store):
    blob_id = uuid4()
    with store.write(blob_id) as writer:
        writer.write(b"first")
        with pytest.raises(Refused, match="being written"), store.write(blob_id):
            pytest.fail("the second writer was let in")
    assert store.size(blob_id) == 5


def test_a_batch_appears_together_at_its_end(store):
    ids = [uuid4() for _ in range(20)]
    with store.batch() as batch:
        for blob_id in ids:
            with batch.write(blob_id) as writer:
                writer.write(b"ciphertext")
        assert list(store.ids()) == []
    assert list(store.ids()) == sorted(ids)
    assert {store.size(blob_id) for blob_id in ids} == {10}


def test_a_batch_that_fails_leaves_nothing(store, tmp_path):
    def interrupted():
        with store.batch() as batch:
            with batch.write(uuid4()) as writer:
                writer.write(b"whole")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert not [path for path in (tmp_path / "vault").rglob("*") if path.is_file()]


def test_one_that_fails_does_not_take_its_batch_along(store):
    good = uuid4()

    def broken(batch):
        with batch.write(uuid4()) as writer:
            writer.write(b"half")
            raise OSError(5, "Input/output error")

    with store.batch() as batch:
        with pytest.raises(OSError, match="Input/output"):
            broken(batch)
        with batch.write(good) as writer:
            writer.write(b"whole")
    assert list(store.ids()) == [good]


def test_a_batch_does_not_overwrite(store):
    blob_id = keep(store, b"first")
    with store.batch() as batch, pytest.raises(Refused), batch.write(blob_id):
        pytest.fail("the second writer was let in")
    assert store.size(blob_id) == 5


def test_an_empty_batch_is_nothing(store):
    with store.batch():
        pass
    assert list(store.ids()) == []


def test_a_batch_fails_with_the_device(store, monkeypatch):
    def lost(_self, _paths):
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Files, "sync_all", lost)

    def take():
        with store.batch() as batch, batch.write(uuid4()) as writer:
            writer.write(b"lost")

    with pytest.raises(OSError, match="Input/output"):
        take()
    assert list(store.ids()) == []


def test_files_are_synced_one_by_one_where_the_system_cannot_sync_all(tmp_path, monkeypatch):
    synced = []
    monkeypatch.setattr("evidence_tracker.vault.files.SYNC_FILE_SYSTEM", None)
    monkeypatch.setattr(Files, "fsync", lambda _self, descriptor: synced.append(os.fstat(descriptor).st_ino))
    paths = [tmp_path / name for name in "abc"]
    for path in paths:
        path.write_bytes(b"x")
    Files().sync_all(paths)
    assert synced == [path.stat().st_ino for path in paths]


def test_a_missing_blob_is_named(store):
    blob_id = uuid4()
    for ask in (store.open, store.size, store.delete):
        with pytest.raises(BlobMissing, match=str(blob_id)):
            ask(blob_id)
    assert not store.exists(blob_id)


def test_a_deleted_blob_is_gone(store):
    blob_id = keep(store)
    store.delete(blob_id)
    assert not store.exists(blob_id)
    assert list(store.ids()) == []


def test_ids_come_in_order_and_strangers_are_left_alone(store, tmp_path):
    kept = sorted(keep(store) for _ in range(20))
    vault = tmp_path / "vault"
    (vault / "lost+found").mkdir()
    (vault / "README").write_text("not a blob")
    (vault / kept[0].hex[:2] / "notes.txt").write_text("not a blob")
    assert list(store.ids()) == kept
    store.sweep(lambda _id: False, timedelta(0), later(days=1))
    assert (vault / kept[0].hex[:2] / "notes.txt").exists()
    assert (vault / "README").exists()


def test_the_sweep_removes_blobs_that_no_row_knows(store):
    known, orphan = keep(store), keep(store)
    assert store.sweep({known}.__contains__, AN_HOUR, later(hours=2)) == [orphan]
    assert list(store.ids()) == [known]


def test_the_sweep_spares_what_may_still_be_committed(store):
    young = keep(store)
    assert store.sweep(lambda _id: False, AN_HOUR, later(minutes=59)) == []
    assert store.exists(young)


def test_the_sweep_removes_what_a_crash_left_unfinished(store, tmp_path):
    blob_id = UUID(int=7)
    stale = tmp_path / "vault" / "incoming" / blob_id.hex
    stale.write_bytes(b"half")
    assert store.sweep(lambda _id: True, AN_HOUR, later(minutes=1)) == []
    assert store.sweep(lambda _id: True, AN_HOUR, later(hours=2)) == [blob_id]
    assert not stale.exists()


def test_a_second_store_on_the_same_folder_sees_the_same_blobs(store, tmp_path):
    blob_id = keep(store)
    again = LocalStore(tmp_path / "vault")
    assert list(again.ids()) == [blob_id]


@pytest.mark.parametrize("mode", [0o750, 0o701, 0o720, 0o777])
def test_it_refuses_a_folder_that_others_may_enter(tmp_path, mode):
    vault = tmp_path / "vault"
    LocalStore(vault)
    vault.chmod(mode)
    with pytest.raises(NotReady) as refusal:
        LocalStore(vault)
    assert "chmod" in refusal.value.advice
    assert str(vault) in str(refusal.value)


def test_it_refuses_a_file_in_place_of_the_folder(tmp_path):
    (tmp_path / "vault").write_bytes(b"")
    with pytest.raises(NotReady, match="not a folder"):
        LocalStore(tmp_path / "vault")


def test_it_refuses_a_folder_of_another_user(tmp_path, monkeypatch):
    LocalStore(tmp_path / "vault")
    monkeypatch.setattr("os.geteuid", lambda: 4711)
    with pytest.raises(NotReady, match="another user"):
        LocalStore(tmp_path / "vault")
