"""Writing a bundle: one pass from the vault through ZIP and age into a file, in clear only if asked to.

Beside the thread that decrypts the files into the ZIP, others digest the ZIP, encrypt it, digest what
comes out, and carry what is written to the device.
"""

import hashlib
import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self

import pyrage

from evidence_tracker.errors import DigestMismatch, InvalidInput, Refused
from evidence_tracker.integrity import archive
from evidence_tracker.integrity.archive import Entry, StreamDiffers, write_archive
from evidence_tracker.integrity.beside import Beside
from evidence_tracker.vault.files import Files

GATHER = 1 << 18
PIPE_STEP = 1 << 20
FLUSH_EVERY = 16 << 20


@dataclass(frozen=True)
class Written:
    """What was written: digests in hex, size of the ZIP in bytes, where the file is.

    ``encrypted_sha256`` is empty when the ZIP went in clear.
    """

    zip_sha256: str
    encrypted_sha256: str
    size: int
    path: Path


def write(folder: Path, name: str, files: Sequence[Entry], age_recipients: Sequence[str]) -> Written:
    """Stream the ZIP into ``folder``, encrypted to ``age_recipients`` unless there are none.

    The file appears under its name when it is whole and synced, or not at all. Writing it
    again replaces it: the ZIP inside is the same bytes. Raises ``DigestMismatch`` if a file is not
    what was announced, ``InvalidInput`` for a key that is none, ``Refused`` if the device fails.
    """
    keys = [_recipient(text) for text in age_recipients]
    folder.mkdir(mode=0o700, exist_ok=True)
    target = folder / (f"{name}.zip.age" if keys else f"{name}.zip")
    temporary = target.with_name(target.name + ".part")
    with ExitStack() as on_failure:
        on_failure.callback(temporary.unlink, missing_ok=True)
        try:
            zipped, encrypted_sha256 = _write_to(temporary, files, keys)
            temporary.replace(target)
        except StreamDiffers as error:
            raise DigestMismatch(f"{error} The bundle was not written.") from error
        except OSError as error:
            raise Refused(
                f"The bundle could not be written: {error.strerror or error}. Nothing was kept.",
                advice="Check the device and the space on it, and build the bundle again.",
            ) from error
        on_failure.pop_all()
    sync_folder(folder)
    return Written(zipped.sha256, encrypted_sha256, zipped.size, target)


def _recipient(text: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise InvalidInput(f"An age key of the recipient is not valid: {error}.") from error


def _write_to(
    path: Path, files: Sequence[Entry], keys: Sequence[pyrage.x25519.Recipient]
) -> tuple[archive.Written, str]:
    """Write one file to its end, onto the device; returns what the ZIP is and the digest of the age file."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb", buffering=GATHER) as out, _Carrying(out) as carrying:
        if keys:
            return _encrypt(files, keys, carrying)
        return write_archive(files, carrying.write), ""


class _Carrying:
    """A file whose bytes are carried to the device while more are written; leaving the block syncs it."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._files = Files()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="bundle-flush")
        self._flushed: Future[None] | None = None
        self._since = 0

    def write(self, data: bytes) -> int:
        self._since += len(data)
        if self._since >= FLUSH_EVERY and (self._flushed is None or self._flushed.done()):
            self._finish()
            self._flushed = self._thread.submit(self._files.flush, self._out.fileno())
            self._since = 0
        return self._out.write(data)

    def _finish(self) -> None:
        # The system reports a failed flush only once, so it must not be lost.
        flushed, self._flushed = self._flushed, None
        if flushed is not None:
            flushed.result()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        with self._thread:
            if kind is None:
                self._out.flush()
                self._finish()
                self._files.fsync(self._out.fileno())


def _encrypt(
    files: Sequence[Entry], keys: Sequence[pyrage.x25519.Recipient], out: _Carrying
) -> tuple[archive.Written, str]:
    """Make the ZIP while a second thread encrypts it; whichever of the two fails ends the other.

    They are joined by a pipe. If the ZIP breaks off, the pipe ends and age with it; if age fails, the
    reading end is closed, at which the next write of the ZIP fails. An interruption (Ctrl-C) always
    meets the ZIP: Python raises it in the first thread alone.
    """
    reading, writing = os.pipe()
    digest = hashlib.sha256()
    with (
        Beside(digest.update) as hashing,
        ThreadPoolExecutor(1, thread_name_prefix="bundle-age") as thread,
        os.fdopen(writing, "wb", buffering=GATHER) as pipe,
    ):
        encrypting = thread.submit(_pass_through_age, reading, keys, _Sink(out, hashing))
        zipped = _feed(files, pipe, encrypting)
        encrypting.result()
        hashing.finish()
    return zipped, digest.hexdigest()


def _feed(files: Sequence[Entry], pipe: BinaryIO, encrypting: Future[None]) -> archive.Written:
    """Write the ZIP into the pipe and close it; if nobody reads any more, raise why age stopped."""
    try:
        with pipe:
            return write_archive(files, pipe.write)
    except BrokenPipeError:
        encrypting.result()
        raise


def _pass_through_age(reading: int, keys: Sequence[pyrage.x25519.Recipient], sink: "_Sink") -> None:
    with os.fdopen(reading, "rb", buffering=PIPE_STEP) as source:
        try:
            pyrage.encrypt_io(source, sink, list(keys))
        except pyrage.EncryptError as error:
            if sink.failure is not None:
                raise sink.failure from error
            raise Refused(
                f"The bundle could not be encrypted: {error}. Nothing was kept.",
                advice="Check the recipient's age keys and build the bundle again.",
            ) from error


class _Sink:
    """Takes what age writes, and remembers why it could not: of that, pyrage keeps no more than words."""

    def __init__(self, out: _Carrying, hashing: Beside) -> None:
        self._out = out
        self._hashing = hashing
        self.failure: OSError | None = None

    def write(self, data: bytes) -> int:
        try:
            self._hashing.put(data)
            return self._out.write(data)
        except OSError as error:
            self.failure = error
            raise

    def flush(self) -> None:
        """Do nothing: the file is flushed when it is left."""


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    Files().fsync_dir(folder)
