"""Reading the bytes of evidence from the first to the last, to say that they are still those received."""

from collections.abc import Callable, Iterator
from uuid import UUID

from sqlalchemy import select

from evidence_tracker.custody.findings import UNREADABLE, Verification, told
from evidence_tracker.custody.standing import note_checks
from evidence_tracker.instance import Instance
from evidence_tracker.jobs.audit import fault_of
from evidence_tracker.vault.models import Blob

Progress = Callable[[str, int, int], None]


def check_blob(instance: Instance, blob_id: UUID, progress: Progress | None = None) -> str | None:
    """Read one blob to its end and note that; returns what is wrong, None where it is whole.

    The bytes are read outside the transaction of the note.
    """
    tell = progress or (lambda _what, _done, _total: None)
    with instance.reading() as session:
        blob = session.get_one(Blob, blob_id)
        try:
            chunks = instance.vault.chunks(session, blob, as_stored=True)
            fault = fault_of(blob, _telling(chunks, tell, blob.size))
        except UNREADABLE as error:
            fault = told(error)
    with instance.transaction() as session:
        note_checks(session, {blob_id: fault}, at=instance.clock.now())
    return fault


def note_audit(instance: Instance, report: Verification) -> None:
    """Note for every blob that an audit of all contents read it; one that ended before notes nothing."""
    faults = {finding.where: finding.what for finding in report.findings if finding.kind == "blob"}
    with instance.transaction() as session:
        ids = session.scalars(select(Blob.id)).all()
        if report.blobs == len(ids):
            found = {one: faults.get(f"blob {one.hex}") for one in ids}
            note_checks(session, found, at=instance.clock.now())


def _telling(chunks: Iterator[bytes], tell: Progress, total: int) -> Iterator[bytes]:
    done = 0
    for chunk in chunks:
        yield chunk
        done += len(chunk)
        tell("files", done, total)
