"""Ciphertext in a folder of this machine.

::

    vault/
    ├── incoming/5f0c...    being written; never read
    ├── 5f/5f0c...          whole, synced, read-only; the name is the random blob id
    └── ...

A name under ``5f/`` appears by a rename, after the bytes are on the device:
what is visible is whole (docs/spec/blob.md, "Writing").
"""

import os
import re
import stat
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import BinaryIO
from uuid import UUID

from evidence_tracker.errors import BlobMissing, NotReady, Refused
from evidence_tracker.vault.files import Files
from evidence_tracker.writepoints import WritePoint, reached

BLOB_NAME = re.compile(r"[0-9a-f]{32}")
SHARD_NAME = re.compile(r"[0-9a-f]{2}")
OPEN_TO_OTHERS = stat.S_IRWXG | stat.S_IRWXO


class LocalWriter:
    """Takes the ciphertext of one blob, in order."""

    def __init__(self, files: Files, descriptor: int) -> None:
        self._files = files
        self._descriptor = descriptor

    def write(self, data: bytes | memoryview) -> None:
        """Append ``data``."""
        self._files.write(self._descriptor, memoryview(data))

    def flush(self) -> None:
        """Start carrying what was written to the device; may be called from another thread."""
        self._files.flush(self._descriptor)

    def finish(self, *, sync: bool) -> None:
        """Make the file read-only; with ``sync``, wait until all of it is on the device."""
        self._files.protect(self._descriptor)
        if sync:
            self._files.fsync(self._descriptor)


class LocalStore:
    """A vault in a private folder, made if it is not there.

    Raises NotReady if others than its owner could enter the folder.
    """

    def __init__(self, root: Path, files: Files | None = None) -> None:
        self._files = files or Files()
        self._root = root
        self._incoming = root / "incoming"
        with suppress(FileExistsError):
            self._files.make_dir(root)
            self._files.fsync_dir(root.parent)
        refuse_open_folder(root)
        self._make_folders(self._incoming)
        self._shards = set(_named(root, SHARD_NAME))

    @contextmanager
    def write(self, blob_id: UUID) -> Iterator[LocalWriter]:
        """Take a new blob; it exists when the block ends without an error, or not at all.

        Raises Refused if the id is taken: content is never overwritten.
        """
        with ExitStack() as on_failure:
            with self._taking(blob_id, on_failure) as writer:
                yield writer
                reached(WritePoint.TEMP_WRITTEN)
                writer.finish(sync=True)
            reached(WritePoint.FILE_SYNCED)
            self._rename([blob_id])
            on_failure.pop_all()
        self._files.fsync_dir(self._path(blob_id).parent)
        reached(WritePoint.FOLDER_SYNCED)

    @contextmanager
    def batch(self) -> "Iterator[LocalBatch]":
        """Take many small blobs with two syncs for all; they exist when the block ends, or none does.

        Name them in rows only after the block. ``blobs.deposit`` takes the batch in place of a store.
        """
        batch = LocalBatch(self)
        with ExitStack() as on_failure:
            on_failure.callback(self._discard, batch.taken)
            yield batch
            self._files.sync_all([self._incoming / blob_id.hex for blob_id in batch.taken])
            reached(WritePoint.FILE_SYNCED)
            self._rename(batch.taken)
            on_failure.pop_all()
        self._files.sync_all(sorted({self._path(blob_id).parent for blob_id in batch.taken}))
        reached(WritePoint.FOLDER_SYNCED)

    def open(self, blob_id: UUID) -> BinaryIO:
        """Open the ciphertext; raises BlobMissing."""
        with _missing_named(blob_id):
            return self._files.open_read(self._path(blob_id))

    def size(self, blob_id: UUID) -> int:
        """Return the bytes of ciphertext; raises BlobMissing."""
        with _missing_named(blob_id):
            return self._path(blob_id).stat().st_size

    def exists(self, blob_id: UUID) -> bool:
        """Say whether the blob is here, whole."""
        return self._path(blob_id).is_file()

    def delete(self, blob_id: UUID) -> None:
        """Remove the ciphertext for good; raises BlobMissing."""
        path = self._path(blob_id)
        with _missing_named(blob_id):
            self._files.unlink(path)
        self._files.fsync_dir(path.parent)

    def ids(self) -> Iterator[UUID]:
        """Go through the ids of all blobs, ordered by id."""
        return (UUID(path.name) for path in self._blobs())

    def sweep(self, known: Callable[[UUID], bool], older_than: timedelta, now: datetime) -> list[UUID]:
        """Remove what crashes left behind; return the ids removed.

        That is: blobs that no row knows, and unfinished writes. Both only when
        last changed more than ``older_than`` before ``now`` (aware), since the row of a
        younger one may be about to be committed.
        """
        before = now - older_than
        unfinished = _named(self._incoming, BLOB_NAME)
        strays = [path for path in self._blobs() if not known(UUID(path.name))]
        return [UUID(path.name) for path in unfinished + strays if self._remove_if_old(path, before)]

    @contextmanager
    def _taking(self, blob_id: UUID, on_failure: ExitStack) -> Iterator[LocalWriter]:
        """Open the temporary file, which also keeps a second writer of this id out."""
        try:
            descriptor = self._files.create(self._incoming / blob_id.hex)
        except FileExistsError as error:
            raise _taken(blob_id) from error
        on_failure.callback(self._discard, [blob_id])
        try:
            if self._path(blob_id).exists():
                raise _taken(blob_id)
            yield LocalWriter(self._files, descriptor)
        finally:
            self._files.close(descriptor)

    def _rename(self, blob_ids: list[UUID]) -> None:
        self._make_shards(blob_ids)
        for blob_id in blob_ids:
            self._files.rename(self._incoming / blob_id.hex, self._path(blob_id))
        reached(WritePoint.RENAMED)

    def _discard(self, blob_ids: list[UUID]) -> None:
        """Remove unfinished writes; if even that fails, the sweep will."""
        for blob_id in blob_ids:
            with suppress(OSError):
                self._files.unlink(self._incoming / blob_id.hex)

    def _remove_if_old(self, path: Path, before: datetime) -> bool:
        with suppress(FileNotFoundError):  # a write that ended meanwhile has taken its name along
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                self._files.unlink(path)
                return True
        return False

    def _make_folders(self, *folders: Path) -> None:
        """Make what is missing, and all names durable.

        Folders that are there are synced too: another process may have made them a moment ago.
        """
        for folder in folders:
            with suppress(FileExistsError):
                self._files.make_dir(folder)
        self._files.fsync_dir(self._root)

    def _make_shards(self, blob_ids: list[UUID]) -> None:
        """Make the folders that these blobs will lie in, unless they were durable before."""
        missing = {self._path(blob_id).parent for blob_id in blob_ids} - self._shards
        if missing:
            self._make_folders(*sorted(missing))
            self._shards |= missing

    def _path(self, blob_id: UUID) -> Path:
        return self._root / blob_id.hex[:2] / blob_id.hex

    def _blobs(self) -> Iterator[Path]:
        for shard in _named(self._root, SHARD_NAME):
            yield from _named(shard, BLOB_NAME)


class LocalBatch:
    """Blobs on their way into a store together."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store
        self.taken: list[UUID] = []

    @contextmanager
    def write(self, blob_id: UUID) -> Iterator[LocalWriter]:
        """Take a new blob into the batch; one that fails is left out, the others stay."""
        with ExitStack() as on_failure:
            with self._store._taking(blob_id, on_failure) as writer:  # noqa: SLF001 - one mechanism, two callers
                yield writer
                reached(WritePoint.TEMP_WRITTEN)
                writer.finish(sync=False)
            on_failure.pop_all()
        self.taken.append(blob_id)


def refuse_open_folder(root: Path) -> None:
    """Raise NotReady unless ``root`` is a folder that only this user can enter."""
    status = root.stat()
    if not stat.S_ISDIR(status.st_mode):
        raise NotReady(f"The vault {root} is not a folder.", advice="Give the vault a folder of its own.")
    if status.st_uid != os.geteuid():
        raise NotReady(
            f"The vault {root} belongs to another user.",
            advice="Run as the user who owns the vault, or correct the owner with chown.",
        )
    if status.st_mode & OPEN_TO_OTHERS:
        raise NotReady(
            f"Other users of this machine may enter the vault {root}.",
            advice=f"Close it with: chmod -R go= '{root}'",
        )


@contextmanager
def _missing_named(blob_id: UUID) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        raise BlobMissing(f"The bytes of blob {blob_id} are not in the vault.") from error


def _taken(blob_id: UUID) -> Refused:
    return Refused(
        f"Blob {blob_id} is already in the vault or being written; nothing was overwritten.",
        advice="Deposit again: every deposit takes a new random id.",
    )


def _named(folder: Path, pattern: re.Pattern[str]) -> list[Path]:
    """Return what lies in ``folder`` under such a name, in order; strangers are left alone."""
    return sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
