"""Signed checkpoints, and the guard that never signs two that contradict each other.

The last signed state is kept twice: as a row, and sealed in a file outside the
database, so that a database restored from a backup is noticed before it is used.
"""

import os
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.custody.models import CustodyEventRow, LogEpoch, LogNode, SignedCheckpoint
from evidence_tracker.errors import ChainBroken, LedgerOlderThanSigned, NotFound, NotReady
from evidence_tracker.integrity import merkle
from evidence_tracker.integrity.checkpoint import Checkpoint, open_checkpoint, sign_checkpoint
from evidence_tracker.integrity.note import Signer, Verifier
from evidence_tracker.keys.wraps import seal, unseal

_PURPOSE = "last-signed"


@dataclass(frozen=True)
class LogSigner:
    """The signing key of the log, and the file that remembers what it last signed."""

    seed: bytes = field(repr=False)
    state_key: bytes = field(repr=False)
    state_file: Path

    def signer(self, origin: str) -> Signer:
        """Return the signer of one epoch; its name is the origin."""
        return Signer(origin, self.seed)

    def last_note(self) -> bytes | None:
        """Return the checkpoint last signed here as it was signed, None if there is none."""
        if not self.state_file.exists():
            return None
        return unseal(self.state_key, self.state_file.read_bytes(), _PURPOSE)

    def last_signed(self) -> Checkpoint | None:
        """Return what was last signed here, None if nothing was."""
        note = self.last_note()
        return None if note is None else self.open(note)

    def open(self, note: bytes) -> Checkpoint:
        """Open a checkpoint of this log, whichever its epoch; refuses one that was not signed here."""
        origin = note.split(b"\n", 1)[0].decode("utf-8")
        return open_checkpoint(note, [Verifier.parse(self.signer(origin).vkey)])

    def remember(self, note: bytes) -> None:
        """Replace the remembered checkpoint, durably."""
        self.open(note)
        temporary = self.state_file.with_suffix(".new")
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(descriptor, seal(self.state_key, note, _PURPOSE))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        temporary.replace(self.state_file)


def head(session: Session) -> LogEpoch:
    """Return the current epoch's row."""
    row = session.scalars(select(LogEpoch).order_by(LogEpoch.epoch.desc()).limit(1)).first()
    if row is None:
        raise NotReady("This instance has no custody log yet.", advice="Run 'evidence-tracker init' first.")
    return row


def node_reader(session: Session, epoch: int) -> merkle.NodeReader:
    """Return a reader of complete subtree hashes of one epoch."""

    def read(level: int, index: int) -> bytes:
        if level == 0:
            leaf = session.scalar(
                select(CustodyEventRow.leaf).where(
                    CustodyEventRow.epoch == epoch, CustodyEventRow.idx == index
                )
            )
            if leaf is None:
                raise ChainBroken(f"Event {index} of epoch {epoch} is missing from the log.")
            return merkle.leaf_hash(leaf)
        node = session.scalar(
            select(LogNode.hash).where(LogNode.epoch == epoch, LogNode.level == level, LogNode.idx == index)
        )
        if node is None:
            raise ChainBroken(f"Node {level}/{index} of epoch {epoch} is missing from the tree.")
        return node

    return read


def current(session: Session) -> Checkpoint:
    """Return the unsigned checkpoint of the log as it stands."""
    row = head(session)
    frontier = merkle.Frontier(row.size, tuple(bytes.fromhex(text) for text in row.frontier))
    return Checkpoint(row.origin, row.size, frontier.root())


def sign(session: Session, signer: LogSigner) -> bytes:
    """Sign the log as it stands and keep the checkpoint; returns the note.

    Refuses to contradict what was signed before. Signing the same state again returns
    the note that already exists.
    """
    guard(session, signer)
    return _sign_head(session, signer)


def sign_new_epoch(session: Session, signer: LogSigner) -> bytes:
    """Sign the first state of an epoch that was just opened.

    The guard would refuse: after a restore the old epoch is shorter than what was signed
    of it. The first leaf of the new epoch commits exactly that checkpoint.
    """
    row = head(session)
    last = signer.last_signed()
    if last is not None and last.origin == row.origin:
        raise ChainBroken(f"{row.origin} was signed before; it is not a new epoch.")
    return _sign_head(session, signer)


def _sign_head(session: Session, signer: LogSigner) -> bytes:
    checkpoint = current(session)
    row = head(session)
    existing = session.get(SignedCheckpoint, (row.epoch, checkpoint.size))
    if existing is not None:
        return existing.note
    note = sign_checkpoint(signer.signer(row.origin), checkpoint)
    session.add(SignedCheckpoint(epoch=row.epoch, size=checkpoint.size, note=note))
    session.flush()
    return note


def continues(session: Session, signer: LogSigner) -> bool:
    """Say whether the log is a continuation of what was last signed."""
    try:
        guard(session, signer)
    except LedgerOlderThanSigned:
        return False
    return True


def guard(session: Session, signer: LogSigner) -> None:
    """Raise ``LedgerOlderThanSigned`` if the log is not a continuation of what was last signed."""
    last = signer.last_signed()
    if last is None:
        return
    row = session.scalars(select(LogEpoch).where(LogEpoch.origin == last.origin)).first()
    if row is None or row.size < last.size:
        found = "no such log" if row is None else f"{row.size} events"
        raise LedgerOlderThanSigned(
            f"This instance signed a checkpoint of {last.size} events in {last.origin}, "
            f"but the database holds {found}."
        )
    if merkle.root_from_nodes(last.size, node_reader(session, row.epoch)) != last.root:
        raise LedgerOlderThanSigned(
            f"The first {last.size} events in {last.origin} are not the ones this instance signed."
        )


def latest(session: Session, epoch: int, *, at_most: int | None = None) -> SignedCheckpoint:
    """Return the newest signed checkpoint of an epoch, of ``at_most`` so many events if stated."""
    query = select(SignedCheckpoint).where(SignedCheckpoint.epoch == epoch)
    if at_most is not None:
        query = query.where(SignedCheckpoint.size <= at_most)
    row = session.scalars(query.order_by(SignedCheckpoint.size.desc()).limit(1)).first()
    if row is None:
        raise NotFound(
            f"No checkpoint of epoch {epoch} was signed yet.",
            advice="Run 'evidence-tracker custody checkpoint'.",
        )
    return row
