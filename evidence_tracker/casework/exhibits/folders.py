"""Taking in files and whole folders, each file in a transaction of its own.

Nothing is skipped silently: what is not taken in (a link, a pipe, a file that cannot be
read or that changes while it is read) is reported with its reason, and the rest goes on.
"""

import os
import stat
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.names import kept
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited, Vault
from evidence_tracker.errors import EvidenceTrackerError, IntegrityFailure, Refused

Acting = Callable[[], AbstractContextManager[tuple[Session, Actor]]]
Receive = Callable[[Session, Actor, Deposited, str], Exhibit]
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class FoundFile:
    """A regular file to take in: where it is, its name below what was given, what the walk saw."""

    path: Path
    name: str
    seen: os.stat_result


@dataclass(frozen=True)
class NotTaken:
    """Something that was not taken in, and why; ``path`` is safe to print."""

    path: str
    error: str
    advice: str


@dataclass(frozen=True)
class Taken:
    """A file that is an exhibit now; ``path`` is safe to print."""

    path: str
    exhibit: Exhibit


def receive_paths(
    paths: Iterable[Path],
    *,
    vault: Vault,
    acting: Acting,
    receive: Receive,
    keep_out: Collection[Path] = (),
    progress: Progress | None = None,
) -> Iterator[Taken | NotTaken]:
    """Take in every file at and below ``paths``, in the order of their names.

    ``acting`` opens the one transaction of a file, ``receive`` is the act in it (session,
    actor, deposited bytes, original name). ``progress`` is told the name, the bytes taken
    and the size. ``keep_out`` are folders never read: the instance's own. An integrity
    failure ends the run; every other failure ends only its file.
    """
    for found in walk(paths, keep_out):
        if isinstance(found, NotTaken):
            yield found
            continue
        try:
            exhibit = _take(found, vault, acting, receive, progress)
        except IntegrityFailure:
            raise
        except EvidenceTrackerError as error:
            yield NotTaken(kept(found.path), str(error), error.advice)
        except OSError as error:
            yield _unreadable(found.path, error)
        else:
            yield Taken(kept(found.path), exhibit)


def receive_file(
    path: Path, *, vault: Vault, acting: Acting, receive: Receive, progress: Progress | None = None
) -> Exhibit:
    """Take in one file; raises what ``receive_paths`` would report."""
    if path.is_dir():
        raise Refused(f"{kept(path)} is a folder.", advice="Name one file.")
    found = next(walk([path]))
    if isinstance(found, NotTaken):
        raise Refused(f"{found.path}: {found.error}", advice=found.advice)
    try:
        return _take(found, vault, acting, receive, progress)
    except OSError as error:
        reported = _unreadable(path, error)
        raise Refused(f"{reported.path}: {reported.error}", advice=reported.advice) from error


def walk(paths: Iterable[Path], keep_out: Collection[Path] = ()) -> Iterator[FoundFile | NotTaken]:
    """Yield every regular file at and below ``paths``, and everything that cannot be taken in.

    A link given by name is followed, since a person chose it; a link inside a folder never
    is: it could lead out of the folder, or round in circles.
    """
    closed = {path.resolve() for path in keep_out}
    for path in paths:
        try:
            real = path.resolve(strict=True)
            seen = real.stat()
        except (OSError, RuntimeError) as error:  # RuntimeError: links that go round in a circle
            yield _unreadable(path, error)
            continue
        if any(real == folder or folder in real.parents for folder in closed):
            yield _own_folder(real)
        elif stat.S_ISDIR(seen.st_mode):
            yield from _below(real, closed)
        else:
            yield _file(real, real.name, seen)


def _below(root: Path, closed: Collection[Path]) -> Iterator[FoundFile | NotTaken]:
    # A stack and not recursion: a hostile folder may be thousands of levels deep.
    waiting = [(root, "")]
    while waiting:
        path, name = waiting.pop()
        try:
            seen = path.lstat()
            if path in closed:
                yield _own_folder(path)
            elif stat.S_ISDIR(seen.st_mode):
                prefix = f"{name}/" if name else ""
                waiting.extend((path / child, prefix + child) for child in reversed(_names_in(path)))
            else:
                yield _file(path, name, seen)
        except OSError as error:
            yield _unreadable(path, error)


def _names_in(folder: Path) -> list[str]:
    with os.scandir(folder) as entries:
        return sorted((entry.name for entry in entries), key=os.fsencode)


def _file(path: Path, name: str, seen: os.stat_result) -> FoundFile | NotTaken:
    return FoundFile(path, name, seen) if stat.S_ISREG(seen.st_mode) else _not_a_file(path, seen.st_mode)


def _take(
    found: FoundFile, vault: Vault, acting: Acting, receive: Receive, progress: Progress | None
) -> Exhibit:
    """Deposit one file, then name it in one transaction.

    If the act refuses, the bytes go at once. Once it has succeeded they stay, whatever
    happens: the commit may have been written, and the sweeper removes what no row names.
    """
    deposited = _deposit(found, vault, progress)
    with ExitStack() as if_refused:
        if_refused.callback(vault.discard, deposited)
        with acting() as (session, actor):
            exhibit = receive(session, actor, deposited, found.name)
            if_refused.pop_all()
    return exhibit


def _deposit(found: FoundFile, vault: Vault, progress: Progress | None) -> Deposited:
    with _open(found) as stream:
        size = found.seen.st_size
        deposited = vault.deposit(stream, progress=_telling(progress, found.name, size))
        after = os.fstat(stream.fileno())
    if _state(after) != _state(found.seen) or deposited.size != size:
        vault.discard(deposited)
        raise _changed(size, deposited.size)
    return deposited


def _open(found: FoundFile) -> BinaryIO:
    """Open the very file that the walk saw: not a link, a pipe or another put in its place since."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    stream = os.fdopen(os.open(found.path, flags), "rb", buffering=0)
    now = os.fstat(stream.fileno())
    if (now.st_dev, now.st_ino, stat.S_IFMT(now.st_mode)) != (
        found.seen.st_dev,
        found.seen.st_ino,
        stat.S_IFMT(found.seen.st_mode),
    ):
        stream.close()
        raise Refused("Another file took its place while the folder was read.", advice="Take it in again.")
    return stream


def _telling(progress: Progress | None, name: str, size: int) -> Callable[[int], None]:
    def tell(done: int) -> None:
        # A file that grows as fast as it is read would never come to its end.
        if done > size:
            raise _changed(size, done)
        if progress is not None:
            progress(name, done, size)

    return tell


def _changed(size: int, read: int) -> Refused:
    return Refused(
        f"The file changed while it was read: {size:,} bytes, {read:,} read. Nothing was kept.",
        advice="Wait until nothing writes to it, or copy it first, and take it in again.",
    )


def _state(seen: os.stat_result) -> tuple[int, int]:
    return seen.st_size, seen.st_mtime_ns


def _own_folder(path: Path) -> NotTaken:
    return NotTaken(
        kept(path), "This is the folder of the instance itself.", "Give the folder of the files alone."
    )


def _not_a_file(path: Path, mode: int) -> NotTaken:
    if stat.S_ISLNK(mode):
        return NotTaken(
            kept(path),
            "This is a link; links inside a folder are not followed.",
            "If its target belongs to the evidence, take the target in by its own name.",
        )
    kinds = {
        stat.S_IFIFO: "a pipe",
        stat.S_IFSOCK: "a socket",
        stat.S_IFCHR: "a device",
        stat.S_IFBLK: "a device",
    }
    return NotTaken(
        kept(path),
        f"This is {kinds.get(stat.S_IFMT(mode), 'not a file')}, not a file.",
        "Take in an image or a copy of what it holds.",
    )


def _unreadable(path: Path, error: OSError | RuntimeError) -> NotTaken:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return NotTaken(
        kept(path), f"This cannot be read: {reason}.", "Check the path, the medium and its permissions."
    )
