"""Taking in files and whole folders, each file in a transaction of its own.

Nothing is skipped silently: what is not taken in (a link, a pipe, a file that cannot be
read or that changes while it is read) is reported with its reason, and the rest goes on.
"""

import os
import stat
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import BinaryIO, TypeVar

from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.intake import Acting, name_deposited
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.exhibits.names import kept
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import Deposited, Vault
from evidence_tracker.errors import EvidenceTrackerError, IntegrityFailure, Refused
from evidence_tracker.vault.blobs import Receiver

Receive = Callable[[Session, Actor, Deposited, str], Exhibit]
Progress = Callable[[str, int, int], None]
_Result = TypeVar("_Result")

SMALL = 1 << 20
MOST_IN_GROUP = 64


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
    failure ends the run; every other failure ends only its file. Small files are read in
    groups: the bytes of a group are safe before the first of its files is named.
    """
    for group in _groups(walk(paths, keep_out)):
        yield from _receive_group(group, vault, acting, receive, progress)


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
        read = _read(found, vault, progress)
    except OSError as error:
        reported = _unreadable(path, error)
        raise Refused(f"{reported.path}: {reported.error}", advice=reported.advice) from error
    return _name(read, vault, acting, receive)


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


def _groups(found: Iterable[FoundFile | NotTaken]) -> Iterator[list[FoundFile | NotTaken]]:
    """Put small neighbours together, so that they share the syncs of one batch; a large file stays alone."""
    group: list[FoundFile | NotTaken] = []
    for one in found:
        if isinstance(one, FoundFile) and one.seen.st_size > SMALL:
            yield from filter(None, (group, [one]))
            group = []
        else:
            group.append(one)
        if len(group) == MOST_IN_GROUP:
            yield group
            group = []
    if group:
        yield group


def _receive_group(
    group: list[FoundFile | NotTaken],
    vault: Vault,
    acting: Acting,
    receive: Receive,
    progress: Progress | None,
) -> Iterator[Taken | NotTaken]:
    """Deposit all of a group, then name each file in a transaction of its own."""
    waiting = deque(_read_group(group, vault, progress))
    try:
        while waiting:
            read = waiting.popleft()
            if isinstance(read, NotTaken):
                yield read
                continue
            named = _reported(read.found.path, partial(_name, read, vault, acting, receive))
            yield named if isinstance(named, NotTaken) else Taken(kept(read.found.path), named)
    finally:
        for unnamed in waiting:
            if isinstance(unnamed, _Read):
                vault.discard(unnamed.deposited)


@dataclass(frozen=True)
class _Read:
    """A file whose bytes are in the vault, named by no row yet."""

    found: FoundFile
    deposited: Deposited
    is_changed: bool


def _read_group(
    group: list[FoundFile | NotTaken], vault: Vault, progress: Progress | None
) -> list[_Read | NotTaken]:
    """Deposit a group of files, durably for all when this returns; what cannot be read is reported."""
    if len(group) == 1:
        return [_read_or_report(one, vault, progress) for one in group]
    try:
        with vault.batch() as batch:
            return [_read_or_report(one, vault, progress, batch) for one in group]
    except OSError as error:
        return [
            one if isinstance(one, NotTaken) else _not_kept(one.path, _vault_fails(error)) for one in group
        ]


def _read_or_report(
    found: FoundFile | NotTaken, vault: Vault, progress: Progress | None, into: Receiver | None = None
) -> _Read | NotTaken:
    if isinstance(found, NotTaken):
        return found
    return _reported(found.path, partial(_read, found, vault, progress, into))


def _reported(path: Path, act: Callable[[], _Result]) -> _Result | NotTaken:
    """Do something with one file; what goes wrong with it is reported, but a broken vault or log ends the run."""
    try:
        return act()
    except IntegrityFailure:
        raise
    except EvidenceTrackerError as error:
        return _not_kept(path, error)
    except OSError as error:
        return _unreadable(path, error)


def _read(found: FoundFile, vault: Vault, progress: Progress | None, into: Receiver | None = None) -> _Read:
    with _open(found) as stream:
        try:
            deposited = vault.deposit(
                stream, progress=_telling(progress, found.name, found.seen.st_size), into=into
            )
        except OSError as error:
            raise _vault_fails(error) from error
        after = os.fstat(stream.fileno())
    is_changed = _state(after) != _state(found.seen) or deposited.size != found.seen.st_size
    return _Read(found, deposited, is_changed)


def _name(read: _Read, vault: Vault, acting: Acting, receive: Receive) -> Exhibit:
    """Name deposited bytes in one transaction; those of a file that changed meanwhile go."""
    if read.is_changed:
        vault.discard(read.deposited)
        raise _changed(read.found.seen.st_size, read.deposited.size)
    name = read.found.name
    return name_deposited(
        read.deposited,
        vault=vault,
        acting=acting,
        act=lambda session, actor, deposited: receive(session, actor, deposited, name),
    )


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


def _vault_fails(error: OSError) -> Refused:
    return Refused(
        f"The vault cannot keep this: {error.strerror or error}. Nothing was kept.",
        advice="Check the vault's device and the space on it, and take it in again.",
    )


def _not_kept(path: Path, error: EvidenceTrackerError) -> NotTaken:
    return NotTaken(kept(path), str(error), error.advice)


def _unreadable(path: Path, error: OSError | RuntimeError) -> NotTaken:
    reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return NotTaken(
        kept(path), f"This cannot be read: {reason}.", "Check the path, the medium and its permissions."
    )
