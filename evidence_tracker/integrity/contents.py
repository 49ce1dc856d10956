"""What a bundle holds, whether it is still a ZIP file or has been unpacked into a folder.

Nothing is unpacked, no link is followed, and only regular files are opened.
"""

import os
import stat
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, Protocol

from .archive import MAX_ENTRIES, READ_SIZE, Archive, examine_archive
from .faults import IntegrityFault
from .names import MAX_NAME, UnsafeName, require_distinct_names, require_safe_name
from .report import CONTAINER, FILES, Findings

_ZIP_START = b"PK\x03\x04"
_ZIP_END = b"PK\x05\x06"
_END_SIZE = 22
_AGE_STARTS = (b"age-encryption.org/v1", b"-----BEGIN AGE ENCRYPTED FILE-----")
# Windows has neither of the first two; there a link is told by its attributes alone.
_OPEN_FLAGS = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


class Unreadable(IntegrityFault):
    """There is nothing here that could be a bundle, or it cannot be opened."""


class FileUnreadable(IntegrityFault):
    """A file of the bundle cannot be read, or is none that a bundle may hold."""


class FileTooLarge(IntegrityFault):
    """A file that has to be read whole is larger than any honest one."""


class Contents(Protocol):
    """The files of one bundle: ``sizes`` in bytes by name."""

    sizes: dict[str, int]
    is_archive: bool

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file; raise ``IntegrityFault`` when they cannot be had as they are."""


class ArchiveContents:
    """A bundle that is still a ZIP file."""

    is_archive = True

    def __init__(self, archive: Archive) -> None:
        self._archive = archive
        self.sizes = {name: member.size for name, member in archive.members.items()}

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file."""
        try:
            yield from self._archive.chunks(name)
        except OSError as error:
            raise FileUnreadable(f"The file cannot be read: {error.strerror}.") from error


class FolderContents:
    """A bundle that was unpacked into the folder ``root``; ``faults`` are (name, fault) met on the way."""

    is_archive = False

    def __init__(self, root: Path) -> None:
        self._root = root
        self.sizes: dict[str, int] = {}
        self.faults: list[tuple[str, IntegrityFault]] = []
        self._walk()

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of one file."""
        try:
            with ExitStack() as stack:
                handle = os.open(self._root / name, _OPEN_FLAGS)
                stack.callback(os.close, handle)
                if not stat.S_ISREG(os.fstat(handle).st_mode):
                    raise FileUnreadable("This is no regular file.")
                while chunk := os.read(handle, READ_SIZE):
                    yield chunk
        except OSError as error:
            raise FileUnreadable(f"The file cannot be read: {error.strerror}.") from error

    def _walk(self) -> None:
        folders = [""]
        while folders and len(self.sizes) + len(self.faults) <= MAX_ENTRIES:
            prefix = folders.pop()
            try:
                with os.scandir(self._root / prefix) as entries:
                    for entry in entries:
                        folders.extend(self._take(prefix + entry.name, entry))
            except OSError as error:
                self.faults.append((prefix, FileUnreadable(f"The folder cannot be read: {error.strerror}.")))
        if folders:
            self.faults.append(("", FileUnreadable(f"There are more than {MAX_ENTRIES} files.")))

    def _take(self, name: str, entry: "os.DirEntry[str]") -> list[str]:
        """Note one entry; return the folders to be walked because of it."""
        if entry.is_symlink():
            self.faults.append((name, FileUnreadable("This is a link; links are not followed.")))
        elif len(name) > MAX_NAME:
            self.faults.append((name, FileUnreadable(f"The path is longer than {MAX_NAME} characters.")))
        elif entry.is_dir(follow_symlinks=False):
            return [f"{name}/"]
        elif entry.is_file(follow_symlinks=False):
            self.sizes[name] = entry.stat(follow_symlinks=False).st_size
        else:
            self.faults.append((name, FileUnreadable("This is neither a file nor a folder.")))
        return []


def open_contents(path: Path, findings: Findings, stack: ExitStack) -> Contents | None:
    """Return what ``path`` holds, or None when the ZIP is too damaged to be read.

    Judges the container on the way (check 1). Raises ``Unreadable`` with a sentence for what is no
    bundle at all; ``stack`` closes what was opened.
    """
    try:
        if path.is_dir():
            return _open_folder(path, findings)
        if not path.is_file():
            raise Unreadable("There is no such file or folder.")
        source = stack.enter_context(path.open("rb"))
        _require_zip(path, source)
        return _open_archive(source, findings)
    except (OSError, ValueError) as error:  # ValueError: a path with a zero byte
        reason = error.strerror if isinstance(error, OSError) else "its name is impossible"
        raise Unreadable(f"The bundle cannot be read: {reason}.") from error


def read_whole(contents: Contents, name: str, limit: int) -> bytes:
    """Return the bytes of a file that has to be held in memory; refuse one larger than ``limit``."""
    if name not in contents.sizes:
        raise FileUnreadable("The file is missing.")
    parts, size = [], 0
    for chunk in contents.chunks(name):
        size += len(chunk)
        if size > limit:
            raise FileTooLarge(f"The file is larger than {limit} bytes.")
        parts.append(chunk)
    return b"".join(parts)


def _open_folder(path: Path, findings: Findings) -> FolderContents:
    contents = FolderContents(path)
    findings.leave(CONTAINER, "this is an unpacked folder; only the ZIP file itself can be compared.")
    for name, fault in contents.faults:
        findings.caught(FILES, name or ".", fault)
    try:
        for name in sorted(contents.sizes):
            require_safe_name(name)
        require_distinct_names(contents.sizes)
    except UnsafeName as fault:
        findings.caught(FILES, ".", fault)
    return contents


def _open_archive(source: BinaryIO, findings: Findings) -> ArchiveContents | None:
    examined = examine_archive(source)
    for fault in examined.faults:
        findings.caught(CONTAINER, "the ZIP file", fault)
    findings.finish(CONTAINER)
    return None if examined.archive is None else ArchiveContents(examined.archive)


def _require_zip(path: Path, source: BinaryIO) -> None:
    """Refuse what never was a ZIP; a damaged one is for ``examine_archive`` to judge."""
    head = source.read(len(_AGE_STARTS[1]))
    end = source.seek(0, os.SEEK_END)
    source.seek(max(0, end - _END_SIZE))
    tail = source.read(_END_SIZE)
    if head.startswith(_AGE_STARTS):
        plain = path.name.removesuffix(".age")
        raise Unreadable(
            "The file is encrypted with age; decrypt it first:"
            f" age -d -i YOUR-KEY-FILE -o {plain if plain != path.name else 'BUNDLE.zip'} {path.name}"
        )
    looks_like_zip = (
        _ZIP_START.startswith(head[:4]) or head.startswith(_ZIP_START) or tail.startswith(_ZIP_END)
    )
    if not looks_like_zip:
        raise Unreadable("The file is neither a ZIP file nor a folder, so it is no bundle.")
