"""The thin layer between the vault and the operating system's files.

Everything that makes bytes durable goes through here, so that a test can put
a layer in its place that loses whatever was not synced.
"""

import ctypes
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

try:
    from fcntl import F_FULLFSYNC, fcntl  # type: ignore[attr-defined, unused-ignore]
except ImportError:
    FULL_SYNC = False
else:
    FULL_SYNC = True

# syncfs(2): since Linux 5.8 it reports failed writes too. Elsewhere each file is synced by itself.
SYNC_FILE_SYSTEM = ctypes.CDLL(None, use_errno=True).syncfs if sys.platform == "linux" else None
PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700
READ_ONLY = 0o400


class Files:
    """The operating system, as the vault uses it."""

    def create(self, path: Path) -> int:
        """Make a new private file and return its descriptor; FileExistsError if the name is taken."""
        return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, PRIVATE_FILE)

    def write(self, descriptor: int, data: memoryview) -> None:
        """Write all of ``data``, however many calls that takes."""
        while data:
            data = data[os.write(descriptor, data) :]

    def flush(self, descriptor: int) -> None:
        """Carry what was written so far to the device, and let the page cache forget it.

        It makes the last ``fsync`` short. Forgetting keeps a long intake from pushing
        everything else out of memory, and on virtual machines, whose fresh pages are dear,
        halves its time (benchmarks/intake_pipeline.py).
        """
        (os.fdatasync if hasattr(os, "fdatasync") else os.fsync)(descriptor)
        if hasattr(os, "posix_fadvise"):
            os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)

    def protect(self, descriptor: int) -> None:
        """Make the file read-only for everybody, its owner too."""
        os.fchmod(descriptor, READ_ONLY)

    def fsync(self, descriptor: int) -> None:
        """Return when content and attributes are on the device (on macOS: in it, not in its cache)."""
        if FULL_SYNC:
            fcntl(descriptor, F_FULLFSYNC)
        else:
            os.fsync(descriptor)

    def sync_all(self, paths: list[Path]) -> None:
        """Return when these files, or the names in these folders, are on the device: in one call if there is one.

        All must lie on one file system.
        """
        if SYNC_FILE_SYSTEM is None:
            for path in paths:
                self._on_opened(path, self.fsync)
        elif paths:
            self._on_opened(paths[0], _sync_file_system)

    def close(self, descriptor: int) -> None:
        """Close the descriptor."""
        os.close(descriptor)

    def rename(self, source: Path, target: Path) -> None:
        """Give the file its other name in one step; the caller knows that the name is free."""
        source.rename(target)

    def fsync_dir(self, path: Path) -> None:
        """Return when the names in this folder are on the device."""
        self._on_opened(path, self.fsync)

    def _on_opened(self, path: Path, act: Callable[[int], None]) -> None:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            act(descriptor)
        finally:
            os.close(descriptor)

    def open_read(self, path: Path) -> BinaryIO:
        """Open for reading, unbuffered: the callers read in large steps."""
        return path.open("rb", buffering=0)

    def unlink(self, path: Path) -> None:
        """Remove the name."""
        path.unlink()

    def make_dir(self, path: Path) -> None:
        """Make a private folder; FileExistsError if it is there."""
        path.mkdir(PRIVATE_FOLDER)


def _sync_file_system(descriptor: int) -> None:
    if SYNC_FILE_SYSTEM is not None and SYNC_FILE_SYSTEM(descriptor) != 0:
        raise OSError(ctypes.get_errno(), "the file system could not be synced")
