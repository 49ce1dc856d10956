"""How one subject stands in the log and in the vault: what can be shown of it, and since when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session, aliased

from evidence_tracker.custody.models import CustodyEventRow, SignedCheckpoint
from evidence_tracker.vault.models import BlobCheck

AT_ONCE = 500


@dataclass(frozen=True)
class Standing:
    """Where the first event of a subject is in the log, and how far it was signed and checked.

    ``signed_size`` is the size of the smallest signed checkpoint over that event, None while none is;
    ``unsigned`` how many events of the subject wait for the next. ``checked_at`` and ``fault`` are of the
    newest reading of its bytes.
    """

    epoch: int
    index: int
    events: int
    unsigned: int
    signed_size: int | None
    checked_at: datetime | None
    fault: str | None


def standing_of(session: Session, subject: UUID, blob_id: UUID | None = None) -> Standing | None:
    """Return how a subject stands, None where the log has no event of it; one question.

    The caller has found the record for whoever asks.
    """
    first, own = aliased(CustodyEventRow), aliased(CustodyEventRow)
    over = select(func.min(SignedCheckpoint.size)).where(
        SignedCheckpoint.epoch == first.epoch, SignedCheckpoint.size > first.idx
    )
    covered = select(SignedCheckpoint.epoch).where(
        SignedCheckpoint.epoch == own.epoch, SignedCheckpoint.size > own.idx
    )
    of_it = select(func.count()).select_from(own).where(own.subject == first.subject)
    query = (
        select(
            first.epoch,
            first.idx,
            of_it.scalar_subquery(),
            of_it.where(~covered.exists()).scalar_subquery(),
            over.scalar_subquery(),
            BlobCheck.checked_at,
            BlobCheck.fault,
        )
        .outerjoin(BlobCheck, BlobCheck.blob_id == blob_id)
        .where(first.subject == subject, first.seq == 1)
    )
    row = session.execute(query).first()
    return None if row is None else Standing(*row)


def note_checks(session: Session, faults: Mapping[UUID, str | None], *, at: datetime) -> None:
    """Note that blobs were read to their ends, each with what was wrong; what was noted before goes."""
    rows = [{"blob_id": one, "checked_at": at, "fault": fault} for one, fault in faults.items()]
    for start in range(0, len(rows), AT_ONCE):
        some = rows[start : start + AT_ONCE]
        session.execute(delete(BlobCheck).where(BlobCheck.blob_id.in_([row["blob_id"] for row in some])))
        session.execute(insert(BlobCheck), some)
