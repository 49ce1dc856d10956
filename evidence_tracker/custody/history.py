"""Reading the log: the events of a subject, opened with its key, and proofs of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.custody.checkpoints import node_reader
from evidence_tracker.custody.ledger import RECORD_PREFIX, RECORD_TYPE, payload_purpose, subject_purpose
from evidence_tracker.custody.models import CustodyEventRow, SubjectKey
from evidence_tracker.errors import IntegrityFailure
from evidence_tracker.integrity import commitment, merkle
from evidence_tracker.integrity.commitment import Disclosure, Field
from evidence_tracker.integrity.proof import InclusionProof
from evidence_tracker.keys.wraps import unseal
from evidence_tracker.vault.keyring import Keyring


@dataclass(frozen=True)
class CustodyEvent:
    """One event, opened: its place in the log and its salted fields."""

    epoch: int
    index: int
    leaf: bytes
    fields: tuple[Field, ...]

    @property
    def values(self) -> dict[str, Any]:
        """Return the fields as name → value."""
        return {field.name: field.value for field in self.fields}

    @property
    def record(self) -> dict[str, Any] | None:
        """Return the saved version this event carries, by column, or None."""
        values = self.values
        if RECORD_TYPE not in values:
            return None
        return {
            name.removeprefix(RECORD_PREFIX): value
            for name, value in values.items()
            if name.startswith(RECORD_PREFIX)
        }

    def disclose(self, opened: Iterable[str]) -> Disclosure:
        """Return the event with only the named fields opened."""
        names = set(opened)
        return Disclosure(
            commitment.parse_leaf(self.leaf).t,
            tuple(sorted(field.digest() for field in self.fields)),
            tuple(field for field in self.fields if field.name in names),
        )


def subject_key(session: Session, keyring: Keyring, subject: UUID) -> bytes:
    """Return the key of a subject's payloads; raises ``IntegrityFailure`` once it is erased."""
    row = session.get(SubjectKey, subject)
    if row is None:
        raise IntegrityFailure(f"The key of subject {subject} is gone.")
    return keyring.unwrap_under(session, row.compartment_id, row.wraps, subject_purpose(subject))


def open_event(row: CustodyEventRow, key: bytes) -> CustodyEvent:
    """Decrypt one event with its subject's key."""
    packed = unseal(key, row.payload, payload_purpose(row.subject, row.seq))
    return CustodyEvent(row.epoch, row.idx, row.leaf, commitment.unpack(packed))


def events_of(session: Session, keyring: Keyring, subject: UUID) -> list[CustodyEvent]:
    """Return all events of one subject, oldest first. The caller has checked the right to read it."""
    rows = session.scalars(
        select(CustodyEventRow).where(CustodyEventRow.subject == subject).order_by(CustodyEventRow.seq)
    ).all()
    if not rows:
        return []
    key = subject_key(session, keyring, subject)
    return [open_event(row, key) for row in rows]


def prove(
    session: Session, event: CustodyEvent, opened: Iterable[str], *, note: bytes, size: int
) -> InclusionProof:
    """Return a tlog-proof of ``event`` against a signed checkpoint of ``size`` events in its epoch."""
    hashes = merkle.inclusion_proof(event.index, size, node_reader(session, event.epoch))
    return InclusionProof(event.index, tuple(hashes), note, event.disclose(opened).to_extra())
