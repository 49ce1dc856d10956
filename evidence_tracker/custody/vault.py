"""The vault as the acts see it: bytes go in once, come out verified, and each is in the log."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.clock import Clock
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import save_version
from evidence_tracker.db import after_commit
from evidence_tracker.sandbox.runner import Sandbox
from evidence_tracker.vault import blobs
from evidence_tracker.vault.kept import Kept
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.vault.models import Blob


@dataclass(frozen=True)
class Deposited:
    """Bytes that are safe on disk, encrypted, and not yet named by any row.

    The caller supplied nothing but the stream: digest, size and media type are ours.
    """

    deposit: blobs.Deposit
    media_type: str
    detector: str
    detector_version: str

    @property
    def sha256(self) -> str:
        """Return the hex digest of the plaintext."""
        return self.deposit.sha256

    @property
    def size(self) -> int:
        """Return the size of the plaintext in bytes."""
        return self.deposit.size


@dataclass(frozen=True)
class OpenBlob:
    """A blob whose key is at hand: it can be read after the session in which it was opened."""

    blob_id: UUID
    size: int
    sha256: str
    _store: blobs.Store = field(repr=False)
    _key: bytes = field(repr=False)
    _instance_id: UUID = field(repr=False)

    def chunks(self, *, ciphertext_sha256: str | None = None) -> Iterator[bytes]:
        """Decrypt it from its first byte to its last; raises ``IntegrityFailure`` if it was altered."""
        return blobs.chunks(
            self._store,
            self.blob_id,
            self._key,
            instance_id=self._instance_id,
            ciphertext_sha256=ciphertext_sha256,
        )

    def reader(self) -> BinaryIO:
        """Open it for random access; every chunk that is read is verified."""
        reader = blobs.BlobReader(self._store, self.blob_id, self._key, instance_id=self._instance_id)
        return cast("BinaryIO", reader)


@dataclass(frozen=True)
class Vault:
    """The store, the keys over it and the sandbox that looks at bytes.

    ``kept`` is what was drawn of blobs for looking at, in memory only, until ``forget``.
    """

    store: blobs.Store
    keyring: Keyring
    instance_id: UUID
    sandbox: Sandbox
    clock: Clock
    kept: Kept = field(default_factory=Kept, repr=False, compare=False)

    def deposit(
        self,
        stream: BinaryIO,
        *,
        progress: Callable[[int], None] | None = None,
        into: blobs.Receiver | None = None,
    ) -> Deposited:
        """Take bytes in: hash, encrypt, sync and detect in one pass, outside any transaction.

        ``into`` is a ``batch``; the bytes are safe when that ends.
        """
        taken = blobs.deposit(into or self.store, stream, instance_id=self.instance_id, progress=progress)
        detected = self.sandbox.inspect(taken.head)
        return Deposited(taken, detected.value, detected.detector, detected.detector_version)

    def batch(self) -> AbstractContextManager[blobs.Receiver]:
        """Take many small files with the syncs of one; name them in rows only after the block."""
        return self.store.batch()

    def register(self, session: Session, deposited: Deposited, *, compartment_id: UUID, actor: Actor) -> Blob:
        """Name deposited bytes by a row; equal bytes in one compartment share the blob that is there.

        Sharing stops at the compartment: across it, equal bytes would tell of each other.
        """
        taken = deposited.deposit
        existing = session.scalars(
            select(Blob).where(Blob.compartment_id == compartment_id, Blob.sha256 == taken.sha256)
        ).first()
        if existing is not None:
            after_commit(session, lambda: self.discard(deposited))
            return existing
        blob = Blob(
            id=taken.blob_id,
            version=1,
            compartment_id=compartment_id,
            sha256=taken.sha256,
            size=taken.size,
            crc32=taken.crc32,
            ciphertext_sha256=taken.ciphertext_sha256,
            ciphertext_size=taken.ciphertext_size,
            media_type=deposited.media_type,
            detector=deposited.detector,
            detector_version=deposited.detector_version,
            wraps=self.keyring.wrap_under(session, compartment_id, taken.key, _purpose(taken.blob_id)),
            stored_at=self.clock.now(),
        )
        save_version(session, blob, CustodyVerb.BLOB_STORED, compartment_id=compartment_id, actor=actor)
        return blob

    def discard(self, deposited: Deposited) -> None:
        """Remove deposited bytes that no row names."""
        if self.store.exists(deposited.deposit.blob_id):
            self.store.delete(deposited.deposit.blob_id)

    def chunks(self, session: Session, blob: Blob, *, as_stored: bool = False) -> Iterator[bytes]:
        """Decrypt a blob from its first byte to its last; raises ``IntegrityFailure`` if it was altered.

        The cipher proves the content. ``as_stored`` compares the ciphertext with its own digest too,
        which tells those who hold no key: for an audit.
        """
        wanted = blob.ciphertext_sha256 if as_stored else None
        return self.open(session, blob).chunks(ciphertext_sha256=wanted)

    def reader(self, session: Session, blob: Blob) -> BinaryIO:
        """Open a blob for random access; every chunk that is read is verified."""
        return self.open(session, blob).reader()

    def open(self, session: Session, blob: Blob) -> OpenBlob:
        """Unwrap the key of a blob; what is returned needs no session any more."""
        key = self._key(session, blob)
        return OpenBlob(blob.id, blob.size, blob.sha256, self.store, key, self.instance_id)

    def forget(self) -> None:
        """Drop what was kept in memory."""
        self.kept.clear()

    def _key(self, session: Session, blob: Blob) -> bytes:
        wraps: list[dict[str, Any]] = blob.wraps
        return self.keyring.unwrap_under(session, blob.compartment_id, wraps, _purpose(blob.id))


def _purpose(blob_id: UUID) -> str:
    return f"blob/{blob_id}"
