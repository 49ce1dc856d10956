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


class LocalStore:
    """A vault in a private folder, made if it is not there.

    Raises NotReady if others than its owner could enter the folder.
    """

    def __init__(self, root: Path, files: Files | None = None) -> None:
        self._files = files or Files()
        self._root = root
        self._incoming = root / "incoming"
        self._durable: set[Path] = set()
        self._ensure_folder(root)
        refuse_open_folder(root)
        self._ensure_folder(self._incoming)

    @contextmanager
    def write(self, blob_id: UUID) -> Iterator[LocalWriter]:
        """Take a new blob; it exists when the block ends without an error, or not at all.

        Raises Refused if the id is taken: content is never overwritten.
        """
        temporary, final = self._incoming / blob_id.hex, self._path(blob_id)
        with ExitStack() as on_failure:
            descriptor = self._begin(blob_id, temporary)
            on_failure.callback(self._discard, temporary)
            with ExitStack() as closing:
                closing.callback(self._files.close, descriptor)
                if final.exists():
                    raise _taken(blob_id)
                yield LocalWriter(self._files, descriptor)
                reached(WritePoint.TEMP_WRITTEN)
                self._files.protect(descriptor)
                self._files.fsync(descriptor)
            reached(WritePoint.FILE_SYNCED)
            self._ensure_folder(final.parent)
            self._files.rename(temporary, final)
            on_failure.pop_all()
        reached(WritePoint.RENAMED)
        self._files.fsync_dir(final.parent)
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

    def _begin(self, blob_id: UUID, temporary: Path) -> int:
        """Create the temporary file, which also keeps a second writer of this id out."""
        try:
            return self._files.create(temporary)
        except FileExistsError as error:
            raise _taken(blob_id) from error

    def _discard(self, temporary: Path) -> None:
        """Remove an unfinished write; if even that fails, the sweep will."""
        with suppress(OSError):
            self._files.unlink(temporary)

    def _remove_if_old(self, path: Path, before: datetime) -> bool:
        with suppress(FileNotFoundError):  # a write that ended meanwhile has taken its name along
            if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before:
                self._files.unlink(path)
                return True
        return False

    def _ensure_folder(self, folder: Path) -> None:
        """Make the folder if it is missing, and its name durable.

        A folder that is there may have been made a moment ago by another writer who has
        not synced its name yet; so everybody syncs it, once.
        """
        if folder in self._durable:
            return
        with suppress(FileExistsError):
            self._files.make_dir(folder)
        self._files.fsync_dir(folder.parent)
        self._durable.add(folder)

    def _path(self, blob_id: UUID) -> Path:
        return self._root / blob_id.hex[:2] / blob_id.hex

    def _blobs(self) -> Iterator[Path]:
        for shard in _named(self._root, SHARD_NAME):
            yield from _named(shard, BLOB_NAME)


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
