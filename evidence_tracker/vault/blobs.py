"""Deposit evidence bytes and read them back; the format is docs/spec/blob.md.

The library writes and reads whole blobs (C2SP chunked encryption, instance
"Cobblestone-256"); only reading at an offset is our own, and tests hold it
against the library.
"""

import hashlib
import hmac
import io
import zlib
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, BinaryIO, Protocol
from uuid import UUID, uuid4

from cryptography.cobblestone import Cobblestone256Decryptor, Cobblestone256Encryptor
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA512
from cryptography.hazmat.primitives.kdf.hkdf import HKDFExpand

from evidence_tracker.errors import DigestMismatch, Refused

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CONTEXT_PREFIX = b"evidence-tracker/blob/v1"
KDF_PREFIX = b"c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\x00"
SALT, COMMITMENT, KEY, NONCE, TAG = 24, 32, 32, 12, 16
HEADER = SALT + COMMITMENT
CHUNK = 16 * 1024
SEALED_CHUNK = CHUNK + TAG

HEAD = 64 * 1024
FIRST_STEP = 96 * 1024
STEP = 1024 * 1024
STEPS_IN_FLIGHT = 4
FLUSH_EVERY = 16 * STEP


class Source(Protocol):
    """A stream of bytes, read once; if it has ``readinto`` as well, that is used."""

    def read(self, size: int, /) -> bytes | None:
        """Return at most ``size`` bytes, none at the end."""


class Writer(Protocol):
    """Takes the ciphertext of one blob, in order."""

    def write(self, data: bytes | memoryview) -> None:
        """Append ``data``."""

    def flush(self) -> None:
        """Start carrying what was written to its place, if the store can."""


class Receiver(Protocol):
    """Takes new blobs: a store, or a batch on its way into one."""

    def write(self, blob_id: UUID) -> AbstractContextManager[Writer]:
        """Take a new blob, which exists when the block ends without an error, or not at all."""


class Store(Receiver, Protocol):
    """Where ciphertext lies: a folder, or a bucket."""

    def batch(self) -> AbstractContextManager[Receiver]:
        """Take many small blobs together; they exist when the block ends, or none does."""

    def open(self, blob_id: UUID) -> BinaryIO:
        """Open the ciphertext, seekable; raises BlobMissing."""

    def size(self, blob_id: UUID) -> int:
        """Return the bytes of ciphertext; raises BlobMissing."""

    def exists(self, blob_id: UUID) -> bool:
        """Say whether the blob is here, whole."""

    def delete(self, blob_id: UUID) -> None:
        """Remove the ciphertext for good; raises BlobMissing."""

    def ids(self) -> Iterator[UUID]:
        """Go through the ids of all blobs."""

    def sweep(self, known: Callable[[UUID], bool], older_than: timedelta, now: datetime) -> list[UUID]:
        """Remove blobs that no row knows and unfinished writes; return their ids."""


@dataclass(frozen=True)
class Deposit:
    """What is known of bytes once they are in the vault.

    ``key`` (32 bytes) is in clear: wrap it before it is stored. ``sha256``, ``size``
    (bytes), ``crc32`` and ``head`` (the first 64 KiB) are of the plaintext; digests are hex.
    """

    blob_id: UUID
    key: bytes
    sha256: str
    size: int
    crc32: int
    ciphertext_sha256: str
    ciphertext_size: int
    head: bytes


def deposit(
    store: Receiver,
    stream: Source,
    *,
    instance_id: UUID,
    progress: Callable[[int], None] | None = None,
) -> Deposit:
    """Read ``stream`` once, to its end, and keep it encrypted under a new key and id.

    Memory does not grow with the size. ``progress`` is told the bytes taken so far.
    Raises Refused if the stream cannot be read to its end; then nothing is kept.
    """
    blob_id, key = uuid4(), Cobblestone256Encryptor.generate_key()
    reading = _Reading(stream, progress)
    with store.write(blob_id) as writer:
        sealing = _Sealing(Cobblestone256Encryptor(key, blob_context(instance_id, blob_id)), writer)
        _pass_through(reading, sealing, writer)
        sealing.finish()
    return Deposit(
        blob_id=blob_id,
        key=key,
        sha256=reading.sha256.hexdigest(),
        size=reading.size,
        crc32=reading.crc32,
        ciphertext_sha256=sealing.sha256.hexdigest(),
        ciphertext_size=sealing.size,
        head=reading.head,
    )


def blob_context(instance_id: UUID, blob_id: UUID) -> bytes:
    """Return what binds ciphertext to its place, so that two blobs cannot be swapped."""
    return CONTEXT_PREFIX + instance_id.bytes + blob_id.bytes


class _Reading:
    """The plaintext side: fills buffers and digests what it filled them with."""

    def __init__(self, stream: Source, progress: Callable[[int], None] | None) -> None:
        self._stream = stream
        self._progress = progress
        self.sha256 = hashlib.sha256()
        self.crc32 = 0
        self.size = 0
        self.head = b""

    def fill(self, buffer: memoryview) -> memoryview:
        """Return the part of ``buffer`` that could be filled; short only at the end of the stream."""
        filled = 0
        try:
            while filled < len(buffer) and (count := _read_into(self._stream, buffer[filled:])):
                filled += count
        except OSError as error:
            raise Refused(
                f"Reading broke off after {self.size + filled:,} bytes ({error}); nothing was kept.",
                advice="Check the medium or the connection and take the file in again.",
            ) from error
        return buffer[:filled]

    def digest(self, data: memoryview) -> None:
        """Count ``data`` in."""
        if len(self.head) < HEAD:
            self.head += bytes(data[: HEAD - len(self.head)])
        self.sha256.update(data)
        self.crc32 = zlib.crc32(data, self.crc32)
        self.size += len(data)
        if self._progress:
            self._progress(self.size)


def _read_into(stream: Source, buffer: memoryview) -> int:
    """Read at most one bufferful and return its length, 0 at the end."""
    if hasattr(stream, "readinto"):
        count: int | None = stream.readinto(buffer)
    elif (data := stream.read(len(buffer))) is None:
        count = None
    else:
        count = len(data)
        buffer[:count] = data
    if count is None:  # "nothing yet" must not be taken for the end
        raise BlockingIOError("the stream does not wait for its data")
    return count


class _Sealing:
    """The ciphertext side: encrypts, digests and hands on."""

    def __init__(self, encryptor: Cobblestone256Encryptor, writer: Writer) -> None:
        self._encryptor = encryptor
        self._writer = writer
        self._room = memoryview(b"")
        self.sha256 = hashlib.sha256()
        self.size = 0

    def take(self, data: memoryview) -> None:
        """Seal ``data``."""
        needed = HEADER + (len(data) // CHUNK + 1) * SEALED_CHUNK
        if len(self._room) < needed:
            self._room = memoryview(bytearray(needed))
        self._hand_on(self._room[: self._encryptor.update_into(data, self._room)])

    def finish(self) -> None:
        """Seal the final, short chunk."""
        self._hand_on(memoryview(self._encryptor.finalize()))

    def _hand_on(self, sealed: memoryview) -> None:
        self.sha256.update(sealed)
        self._writer.write(sealed)
        self.size += len(sealed)


def _pass_through(reading: _Reading, sealing: _Sealing, writer: Writer) -> None:
    """Move the whole stream. The first step is small: most files of a phone's folder are, and fresh memory is dear."""
    data = reading.fill(memoryview(bytearray(FIRST_STEP)))
    reading.digest(data)
    sealing.take(data)
    if len(data) == FIRST_STEP:
        _pass_rest(reading, sealing, writer)


def _pass_rest(reading: _Reading, sealing: _Sealing, writer: Writer) -> None:
    """Digest the plaintext here while a second thread seals the same buffer.

    One thread for each digest is the most that helps: SHA-256 is the bottleneck and cannot
    be split. A third thread only waits for the device, so that the last sync is short.
    """
    free = deque(memoryview(bytearray(STEP)) for _ in range(STEPS_IN_FLIGHT))
    sealed: deque[tuple[Future[None], memoryview]] = deque()
    flushed: Future[None] | None = None
    flush_at = FLUSH_EVERY
    with ThreadPoolExecutor(1) as seal, ThreadPoolExecutor(1) as flush:
        while data := reading.fill(free.popleft() if free else _sealed_buffer(sealed)):
            sealed.append((seal.submit(sealing.take, data), data))
            reading.digest(data)
            if reading.size >= flush_at and (flushed is None or flushed.done()):
                _finish(flushed)
                flushed, flush_at = flush.submit(writer.flush), reading.size + FLUSH_EVERY
        while sealed:
            _sealed_buffer(sealed)
        _finish(flushed)


def _sealed_buffer(sealed: deque[tuple[Future[None], memoryview]]) -> memoryview:
    """Wait for the oldest step and return its buffer for the next one; raises what sealing raised."""
    future, buffer = sealed.popleft()
    future.result()
    return buffer


def _finish(flushed: Future[None] | None) -> None:
    """Wait for a flush; the system reports a failed one only once, so it must not be lost."""
    if flushed is not None:
        flushed.result()


def chunks(
    store: Store,
    blob_id: UUID,
    key: bytes,
    *,
    instance_id: UUID,
    ciphertext_sha256: str | None = None,
) -> Iterator[bytes]:
    """Decrypt a whole blob in order, in steps of about 1 MiB.

    Every byte handed out is authentic, but only the end of the iteration says that all
    were there. Raises DigestMismatch, at the latest at the end, and BlobMissing.
    """
    decryptor = Cobblestone256Decryptor(key, blob_context(instance_id, blob_id))
    digest = hashlib.sha256() if ciphertext_sha256 is not None else None
    room = memoryview(bytearray(STEP))
    with store.open(blob_id) as sealed, _mismatch_named(blob_id):
        while count := _read_into(sealed, room):
            if digest:
                digest.update(room[:count])
            if data := decryptor.update(room[:count]):
                yield data
        if data := decryptor.finalize():
            yield data
    if digest and digest.hexdigest() != ciphertext_sha256:
        raise DigestMismatch(f"Blob {blob_id}: the ciphertext differs from its recorded SHA-256.")


class BlobReader(io.RawIOBase):
    """Random access to one blob; nothing is decrypted but the chunks asked for.

    Opening checks the key, the place (instance and blob id) and the final chunk, so that a
    shortened blob is refused at once. Raises DigestMismatch and BlobMissing. Put an
    ``io.BufferedReader`` around it for many small reads.
    """

    def __init__(self, store: Store, blob_id: UUID, key: bytes, *, instance_id: UUID) -> None:
        super().__init__()
        self._blob_id = blob_id
        self._position = 0
        self._closing = ExitStack()
        self._sealed = self._closing.enter_context(store.open(blob_id))
        self._aead, self._nonce = self._unseal_header(key, blob_context(instance_id, blob_id))
        self.size = self._verified_size(store.size(blob_id))

    def _unseal_header(self, key: bytes, context: bytes) -> tuple[AESGCM, int]:
        """Derive the chunks' key and base nonce; the commitment says whether they are the right ones."""
        header = self._sealed.read(HEADER)
        salt, commitment = header[:SALT], header[SALT:]
        derived = HKDFExpand(SHA512(), KEY + NONCE + COMMITMENT, KDF_PREFIX + salt + context).derive(key)
        if not hmac.compare_digest(derived[KEY + NONCE :], commitment):
            raise _mismatch(self._blob_id)
        return AESGCM(derived[:KEY]), int.from_bytes(derived[KEY : KEY + NONCE], "big")

    def _verified_size(self, sealed_size: int) -> int:
        """Return the bytes of plaintext; the final chunk must be there, short and authentic."""
        last, rest = divmod(sealed_size - HEADER, SEALED_CHUNK)
        if rest < TAG:
            raise _mismatch(self._blob_id)
        return last * CHUNK + len(self._chunks(last, last))

    def _chunks(self, first: int, last: int) -> bytes:
        """Return the plaintext of chunks ``first`` to ``last``, both included."""
        self._sealed.seek(HEADER + first * SEALED_CHUNK)
        sealed = memoryview(self._sealed.read((last - first + 1) * SEALED_CHUNK))
        with _mismatch_named(self._blob_id):
            return b"".join(
                self._aead.decrypt(
                    (self._nonce ^ number).to_bytes(NONCE, "big"),
                    sealed[(number - first) * SEALED_CHUNK :][:SEALED_CHUNK],
                    None,
                )
                for number in range(first, last + 1)
            )

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill ``buffer`` from the position, at most about 1 MiB; 0 at the end."""
        target = memoryview(buffer).cast("B")
        wanted = min(len(target), self.size - self._position, STEP)
        if wanted <= 0:
            return 0
        first, start = divmod(self._position, CHUNK)
        data = self._chunks(first, (self._position + wanted - 1) // CHUNK)[start : start + wanted]
        target[:wanted] = data
        self._position += wanted
        return wanted

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Move to ``offset`` bytes of plaintext from the start, the position or the end."""
        origin = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self.size}[whence]
        if origin + offset < 0:
            raise ValueError(f"There is nothing before the start of blob {self._blob_id}.")
        self._position = origin + offset
        return self._position

    def tell(self) -> int:
        """Return the position in the plaintext."""
        return self._position

    def readable(self) -> bool:
        """Yes."""
        return True

    def seekable(self) -> bool:
        """Yes."""
        return True

    def close(self) -> None:
        """Close the ciphertext too."""
        self._closing.close()
        super().close()


@contextmanager
def _mismatch_named(blob_id: UUID) -> Iterator[None]:
    try:
        yield
    except InvalidTag as error:
        raise _mismatch(blob_id) from error


def _mismatch(blob_id: UUID) -> DigestMismatch:
    return DigestMismatch(
        f"Blob {blob_id} cannot be opened: its bytes, its key or its place are not those of the deposit."
    )
