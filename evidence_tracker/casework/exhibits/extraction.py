"""Bytes that leave the vault for a person's disk: logged first, verified while they are written."""

import hashlib
import mimetypes
import os
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

from sqlalchemy.orm import Session

from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import needed
from evidence_tracker.casework.exhibits.chain import note
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.vault import Vault
from evidence_tracker.errors import BlobMissing, DigestMismatch, InvalidInput, Refused
from evidence_tracker.vault.models import Blob

PRIVATE = 0o600


def note_extraction(session: Session, exhibit: Exhibit, *, purpose: str, actor: Actor) -> None:
    """Log that the bytes are about to leave the vault; commit this before the first byte is written.

    So the log may name an extraction whose writing then failed, but no copy exists that the
    log does not name.
    """
    require(session, actor, Permission.EXTRACT, exhibit.compartment_id, level=exhibit.level)
    why = needed(purpose, "The purpose of the extraction")
    if exhibit.blob_id is None:
        raise InvalidInput(f"{exhibit.reference} is a thing and has no bytes.")
    facts = {"extraction_purpose": why, "sha256": exhibit.sha256, "size": exhibit.size_bytes}
    note(session, exhibit, CustodyVerb.EXTRACTED, actor=actor, facts=facts)


def refuse_existing(target: Path) -> None:
    """Refuse a target that is there already, or that has no folder."""
    if os.path.lexists(target):
        raise Refused(f"{target} is there already; nothing is overwritten.", advice="Choose another name.")
    if not target.parent.is_dir():
        raise InvalidInput(f"The folder {target.parent} is not there.")


def write_original(
    session: Session,
    vault: Vault,
    exhibit: Exhibit,
    target: Path,
    *,
    actor: Actor,
    progress: Callable[[int], None] | None = None,
) -> None:
    """Write an exhibit's bytes to a new file (mode 0600), comparing size and SHA-256 on the way.

    On any failure the file is removed again; a difference raises ``DigestMismatch``.
    """
    require(session, actor, Permission.EXTRACT, exhibit.compartment_id, level=exhibit.level)
    blob = session.get(Blob, exhibit.blob_id)
    if blob is None:
        raise BlobMissing(f"The bytes of {exhibit.reference} are not in the vault.")
    refuse_existing(target)
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(target, flags, PRIVATE)
    with ExitStack() as on_failure:
        on_failure.callback(target.unlink)
        with os.fdopen(descriptor, "wb") as out:
            os.fchmod(out.fileno(), PRIVATE)
            digest, size = _copy(vault.chunks(session, blob), out.write, progress)
            out.flush()
            os.fsync(out.fileno())
        _refuse_difference(exhibit, digest, size)
        on_failure.pop_all()


def _copy(
    chunks: Iterable[bytes], write: Callable[[bytes], int], progress: Callable[[int], None] | None
) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    for chunk in chunks:
        digest.update(chunk)
        write(chunk)
        size += len(chunk)
        if progress is not None:
            progress(size)
    return digest.hexdigest(), size


def _refuse_difference(exhibit: Exhibit, digest: str, size: int) -> None:
    if digest != exhibit.sha256 or size != exhibit.size_bytes:
        raise DigestMismatch(f"The bytes of {exhibit.reference} are not those that were received.")


def target_for(exhibit: Exhibit, target: Path) -> Path:
    """Return the new file: ``target``, or in a folder the reference with an extension, never the old name."""
    extension = mimetypes.guess_extension(exhibit.media_type or "", strict=False) or ".bin"
    path = target / f"{exhibit.reference}{extension}" if target.is_dir() else target
    refuse_existing(path)
    return path
