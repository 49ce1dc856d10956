"""The bytes of an exhibit, opened for whoever may read it, so that they can flow without a session.

A film is watched for an hour; no connection to the database may wait that long. The policy is
asked and the key is unwrapped when it is opened.
"""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor
from evidence_tracker.custody.vault import OpenBlob, Vault
from evidence_tracker.errors import BlobMissing, DigestMismatch, InvalidInput
from evidence_tracker.vault.models import Blob


@dataclass(frozen=True)
class OpenExhibit:
    """An exhibit whose bytes can be read after the session in which it was opened; ``size`` in bytes."""

    exhibit_id: UUID
    reference: str
    level: Level
    media_type: str
    size: int
    sha256: str
    blob: OpenBlob = field(repr=False)

    @property
    def tag(self) -> str:
        """Return a name of these bytes for a cache: it lasts, and tells nothing of their digest."""
        # Both ids are random, so that nobody can find out which bytes have which tag.
        return hashlib.sha256(b"tag" + self.exhibit_id.bytes + self.blob.blob_id.bytes).hexdigest()[:32]

    def reader(self) -> BinaryIO:
        """Open the bytes for random access; each piece that is read is verified. Close it."""
        return self.blob.reader()

    def chunks(self) -> Iterator[bytes]:
        """Decrypt the bytes from the first to the last, each verified."""
        return self.blob.chunks()

    def compared(self) -> Iterator[bytes]:
        """Decrypt the bytes, the last of them only when the digest of all is that of the receipt.

        Raises ``DigestMismatch``; then what was handed out is not whole.
        """
        digest, held = hashlib.sha256(), b""
        for piece in self.chunks():
            digest.update(piece)
            if held:
                yield held
            held = piece
        if digest.hexdigest() != self.sha256:
            raise DigestMismatch(f"The bytes of {self.reference} are not those that were received.")
        if held:
            yield held


def open_exhibit(session: Session, vault: Vault, exhibit: Exhibit, *, actor: Actor) -> OpenExhibit:
    """Return an exhibit that can be read without the session; refuses whoever may not read it."""
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    if exhibit.blob_id is None or exhibit.sha256 is None:
        raise InvalidInput(
            f"{exhibit.reference} is a thing and has no bytes.", advice="Look at the photos of it."
        )
    blob = session.get(Blob, exhibit.blob_id)
    if blob is None:
        raise BlobMissing(f"The bytes of {exhibit.reference} are not in the vault.")
    return OpenExhibit(
        exhibit.id,
        exhibit.reference,
        exhibit.level,
        exhibit.media_type or blob.media_type,
        blob.size,
        exhibit.sha256,
        vault.open(session, blob),
    )
