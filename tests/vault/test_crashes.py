"""Pull the plug at every point: what is visible in the vault is whole."""

import io
import signal
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from evidence_tracker import writepoints
from evidence_tracker.vault.blobs import chunks, deposit
from evidence_tracker.vault.local import LocalStore
from evidence_tracker.writepoints import WritePoint

from .conftest import INSTANCE
from .losing_files import LosingFiles

ROOT = Path(__file__).parents[2]
FILE_POINTS = [
    WritePoint.TEMP_WRITTEN,
    WritePoint.FILE_SYNCED,
    WritePoint.RENAMED,
    WritePoint.FOLDER_SYNCED,
]
BLOB = UUID("5f0c0000-0000-4000-8000-000000000001")
CONTENT = bytes(range(256)) * 1_000

DIES_AT = """
import os, signal, sys
from pathlib import Path
from uuid import UUID
from evidence_tracker import writepoints
from evidence_tracker.vault.local import LocalStore
writepoints.observe(lambda point: os.kill(os.getpid(), signal.SIGKILL) if point == sys.argv[2] else None)
with LocalStore(Path(sys.argv[1])).write(UUID(sys.argv[3])) as writer:
    for _ in range(1_000):
        writer.write(bytes(range(256)))
"""


@pytest.fixture(params=[False, True], ids=["unsynced names are lost", "names survive"])
def losing(request, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    return LosingFiles(disk, names_survive=request.param)


@pytest.fixture
def observe(monkeypatch):
    monkeypatch.setattr(writepoints, "_observers", [])
    return writepoints.observe


@pytest.mark.parametrize("point", FILE_POINTS)
def test_a_killed_process_leaves_nothing_half_written(tmp_path, point):
    vault = tmp_path / "vault"
    killed = subprocess.run([sys.executable, "-c", DIES_AT, vault, point, str(BLOB)], cwd=ROOT, check=False)
    assert killed.returncode == -signal.SIGKILL
    store = LocalStore(vault)
    visible = list(store.ids())
    assert visible == ([BLOB] if point in {WritePoint.RENAMED, WritePoint.FOLDER_SYNCED} else [])
    for blob_id in visible:
        with store.open(blob_id) as stream:
            assert stream.read() == CONTENT
    assert store.sweep(lambda _id: False, timedelta(0), datetime.now(UTC) + timedelta(days=1)) == [BLOB]
    assert not [path for path in vault.rglob("*") if path.is_file()]


def test_the_points_are_reached_in_their_order(store, observe):
    seen: list[WritePoint] = []
    observe(seen.append)
    deposit(store, io.BytesIO(CONTENT), instance_id=INSTANCE)
    assert seen == FILE_POINTS


@pytest.mark.parametrize("point", FILE_POINTS)
def test_a_power_cut_at_a_point_leaves_all_or_nothing(losing, observe, tmp_path, point):
    after_cut = tmp_path / "after"
    observe(lambda at: losing.disk_after_power_cut(after_cut) if at == point else None)
    store = LocalStore(tmp_path / "disk" / "vault", losing)
    with store.write(BLOB) as writer:
        writer.write(CONTENT)
    assert_all_or_nothing(after_cut / "vault")
    if point == WritePoint.FOLDER_SYNCED:
        assert LocalStore(after_cut / "vault").exists(BLOB)


def test_a_power_cut_after_any_file_operation_leaves_all_or_nothing(losing, tmp_path):
    cuts: list[Path] = []

    def cut(operation):
        cuts.append(losing.disk_after_power_cut(tmp_path / f"after-{len(cuts)}-{operation}"))

    losing.after_each = cut
    store = LocalStore(tmp_path / "disk" / "vault", losing)
    with store.write(BLOB) as writer:
        writer.write(CONTENT[:1_000])
        writer.flush()
        writer.write(CONTENT[1_000:])
    assert len(cuts) == 10
    for after_cut in cuts:
        assert_all_or_nothing(after_cut / "vault")
    assert LocalStore(cuts[-1] / "vault").exists(BLOB)


def assert_all_or_nothing(vault):
    """A cut may lose the blob but not shorten it."""
    for path in vault.glob("??/*"):
        assert path.read_bytes() == CONTENT


def test_a_power_cut_in_a_batch_leaves_all_or_nothing_of_each(losing, tmp_path):
    cuts: list[Path] = []

    def cut(operation):
        cuts.append(losing.disk_after_power_cut(tmp_path / f"after-{len(cuts)}-{operation}"))

    losing.after_each = cut
    store = LocalStore(tmp_path / "disk" / "vault", losing)
    ids = [UUID(int=number << 120 | 5) for number in (7, 7 << 1, 9)]
    with store.batch() as batch:
        for blob_id in ids:
            with batch.write(blob_id) as writer:
                writer.write(CONTENT)
    for after_cut in cuts:
        assert_all_or_nothing(after_cut / "vault")
    assert sorted(LocalStore(cuts[-1] / "vault").ids()) == sorted(ids)


def test_what_was_deposited_survives_a_power_cut_right_after(losing, tmp_path):
    store = LocalStore(tmp_path / "disk" / "vault", losing)
    kept = [deposit(store, io.BytesIO(CONTENT * times), instance_id=INSTANCE) for times in (0, 1, 70)]
    after = LocalStore(losing.disk_after_power_cut(tmp_path / "after") / "vault")
    for times, one in zip((0, 1, 70), kept, strict=True):
        assert b"".join(chunks(after, one.blob_id, one.key, instance_id=INSTANCE)) == CONTENT * times


def test_the_double_does_lose_what_is_not_synced(losing, tmp_path):
    """Or the tests above would prove nothing."""
    descriptor = losing.create(tmp_path / "disk" / "unsynced")
    losing.write(descriptor, memoryview(b"content"))
    after = losing.disk_after_power_cut(tmp_path / "after")
    assert not any(path.read_bytes() for path in after.iterdir())
    losing.close(descriptor)
