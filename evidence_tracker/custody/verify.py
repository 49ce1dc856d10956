"""Verification of everything the log promises, from the stored bytes up.

1. *Log*: every leaf is hashed again, in order, into the tree; every stored node, the head
   and every signed checkpoint must agree.
2. *Payloads*: every payload is decrypted and must rebuild the commitment in its leaf; the
   columns beside it, and the chain of each subject (``seq``, ``prev``), must agree.
3. *Records*: every column of every evidential row must equal the last version in the log;
   no row without an event, no event without its row.

Findings name the epoch and index, the record or the key; nothing is repaired.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.custody.checkpoints import LogSigner
from evidence_tracker.custody.comparison import RecordComparison
from evidence_tracker.custody.findings import UNREADABLE, Verification
from evidence_tracker.custody.ledger import RECORD_TYPE, subject_purpose
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch, LogNode, SignedCheckpoint
from evidence_tracker.errors import EvidenceTrackerError, IntegrityFailure
from evidence_tracker.integrity import commitment
from evidence_tracker.integrity.checkpoint import open_checkpoint
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.merkle import Frontier, leaf_hash
from evidence_tracker.integrity.note import Verifier
from evidence_tracker.keys.wraps import unseal
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.vault.models import CompartmentKey

_SALT_END = 47  # ["<43 characters of salt>" and the comma
_COMMITMENT = slice(6, 70)  # {"c":"<64 hex digits>"
_HOUR = slice(77, 90)  # ","t":"2026-11-23T15


def verify_log(session: Session, signer: LogSigner, report: Verification) -> None:
    """Rehash every epoch: leaves, tree, head, checkpoints (memory does not grow with the log)."""
    base: str | None = None
    roots: dict[str, tuple[int, bytes]] = {}
    expected_epoch = 1
    try:
        heads = session.scalars(select(LogEpoch).order_by(LogEpoch.epoch)).all()
    except UNREADABLE:
        report.add("head", "the head of the log", "cannot be read")
        return
    for head in heads:
        name, _, number = head.origin.rpartition("/")
        base = base or name
        if head.epoch != expected_epoch or number != str(head.epoch) or name != base:
            report.add("head", f"epoch {head.epoch}", "its number or origin is not the next one in line")
        expected_epoch += 1
        root = _verify_epoch(session, head, signer, report)
        roots[head.origin] = (head.size, root)
    _verify_last_signed(signer, roots, report)
    for table in (CustodyEventRow, LogNode, SignedCheckpoint):
        orphans = session.scalar(
            select(func.count()).select_from(table).where(table.epoch.not_in(select(LogEpoch.epoch)))
        )
        if orphans:
            report.add("tree", str(table.__tablename__), f"{orphans} rows belong to no epoch")


def _verify_last_signed(signer: LogSigner, roots: dict[str, tuple[int, bytes]], report: Verification) -> None:
    try:
        last = signer.last_signed()
    except (EvidenceTrackerError, ValueError, KeyError):
        report.add("checkpoint", "keys/last-signed", "the remembered checkpoint was altered")
        return
    if last is None:
        return
    size, root = roots.get(last.origin, (-1, b""))
    if size < last.size:
        report.add("head", last.origin, f"{last.size} events were signed here, {max(size, 0)} are left")
    elif size == last.size and root != last.root:
        report.add("tree", last.origin, f"the first {last.size} events are not the ones that were signed")


def _verify_epoch(session: Session, head: LogEpoch, signer: LogSigner, report: Verification) -> bytes:
    frontier = Frontier()
    nodes = _StoredNodes(session, head.epoch)
    signed = _SignedSizes(session, head, signer, report)
    rows = session.execute(
        select(CustodyEventRow.idx, CustodyEventRow.leaf)
        .where(CustodyEventRow.epoch == head.epoch)
        .order_by(CustodyEventRow.idx)
        .execution_options(yield_per=2000)
    )
    for position, (index, leaf) in enumerate(rows):
        if index != position:
            report.event(head.epoch, position, f"is missing; the next one found is {index}")
            return b""
        for level, node_index, value in frontier.append(leaf_hash(leaf)):
            if not nodes.agrees(level, node_index, value):
                report.event(head.epoch, index, f"the tree node {level}/{node_index} above it does not match")
        if frontier.size in signed.sizes:
            signed.check(frontier)
    report.events += frontier.size
    stored = tuple(bytes.fromhex(text) for text in head.frontier)
    if head.size != frontier.size or stored != frontier.hashes:
        report.add(
            "head", f"epoch {head.epoch}", f"the head says {head.size} events, the log holds {frontier.size}"
        )
    if not nodes.is_exhausted():
        report.add("tree", f"epoch {head.epoch}", "the tree has nodes that no event accounts for")
    signed.report_unreached(frontier.size)
    return frontier.root()


class _StoredNodes:
    """The stored tree nodes of an epoch, read level by level beside the recomputation."""

    def __init__(self, session: Session, epoch: int) -> None:
        self._session = session
        self._epoch = epoch
        self._levels: dict[int, Iterator[tuple[int, bytes]]] = {}
        self._read = 0

    def agrees(self, level: int, index: int, value: bytes) -> bool:
        if level not in self._levels:
            self._levels[level] = (
                (row[0], row[1])
                for row in self._session.execute(
                    select(LogNode.idx, LogNode.hash)
                    .where(LogNode.epoch == self._epoch, LogNode.level == level)
                    .order_by(LogNode.idx)
                    .execution_options(yield_per=1000)
                )
            )
        found = next(self._levels[level], None)
        self._read += found is not None
        return found == (index, value)

    def is_exhausted(self) -> bool:
        query = select(func.count()).select_from(LogNode).where(LogNode.epoch == self._epoch)
        return self._session.scalar(query) == self._read


class _SignedSizes:
    """The checkpoints of an epoch, each checked when the recomputed tree reaches its size."""

    def __init__(self, session: Session, head: LogEpoch, signer: LogSigner, report: Verification) -> None:
        rows = session.scalars(select(SignedCheckpoint).where(SignedCheckpoint.epoch == head.epoch))
        self.sizes = {row.size: row.note for row in rows}
        self._head = head
        self._report = report
        self._verifier = Verifier.parse(signer.signer(head.origin).vkey)

    def check(self, frontier: Frontier) -> None:
        size = frontier.size
        self._report.checkpoints += 1
        try:
            checkpoint = open_checkpoint(self.sizes.pop(size), [self._verifier])
        except IntegrityFault as fault:
            self._report.add("checkpoint", f"checkpoint {size} of epoch {self._head.epoch}", str(fault))
            return
        if (checkpoint.size, checkpoint.root) != (size, frontier.root()):
            self._report.event(
                self._head.epoch,
                size - 1,
                f"or one before it is not what checkpoint {size} signed",
            )

    def report_unreached(self, size: int) -> None:
        for beyond in sorted(self.sizes):
            self._report.add(
                "checkpoint",
                f"checkpoint {beyond} of epoch {self._head.epoch}",
                f"was signed over {beyond} events, but the log holds {size}",
            )


def verify_keys(session: Session, keyring: Keyring, report: Verification) -> None:
    """Unwrap every compartment key from its row."""
    for (stored,) in session.connection().exec_driver_sql("SELECT id FROM compartment_key").all():
        try:
            keyring.open(session.get_one(CompartmentKey, UUID(hex=stored)))
        except UNREADABLE as error:
            report.add("key", f"compartment key {stored}", f"does not open: {error}")


class _Row(NamedTuple):
    """One event as the driver gives it, beside the wrapped key of its subject."""

    epoch: int
    idx: int
    subject: str
    seq: int
    act_id: str
    verb: str
    leaf: bytes
    payload: bytes
    compartment: str | None
    wraps: str | None


# Below the ORM: a value that does not read back must be named, not end the verification.
_EVENTS = (
    "SELECT e.epoch, e.idx, e.subject, e.seq, e.act_id, e.verb, e.leaf, e.payload, k.compartment_id, k.wraps "
    "FROM custody_event e LEFT JOIN subject_key k ON k.subject = e.subject ORDER BY e.subject, e.seq"
)


def verify_payloads(session: Session, keyring: Keyring, report: Verification) -> None:
    """Rebuild every commitment, check every subject's chain, compare the last versions with the rows."""
    keys = _SubjectKeys(session, Keyring(keyring.root), report)
    comparison = RecordComparison(session, report)
    chain: _Chain | None = None
    for values in session.connection().exec_driver_sql(_EVENTS):
        row = _Row(*values)
        if chain is None or chain.stored != row.subject:
            if chain is not None:
                chain.end(comparison)
            chain = _Chain(row.subject, keys.open(row), report)
        chain.follow(row)
    if chain is not None:
        chain.end(comparison)
    comparison.finish()


class _SubjectKeys:
    """Opens the keys of subjects; compartment keys are opened once, from their rows."""

    def __init__(self, session: Session, keyring: Keyring, report: Verification) -> None:
        self._session = session
        self._keyring = keyring
        self._report = report

    def open(self, row: _Row) -> bytes | None:
        try:
            if row.wraps is None or row.compartment is None:
                raise IntegrityFailure("is gone")
            wraps = json.loads(row.wraps)
            if json.dumps(wraps, ensure_ascii=False, sort_keys=True, separators=(",", ":")) != row.wraps:
                raise IntegrityFailure("was written anew")
            purpose = subject_purpose(_read(row.subject))
            return self._keyring.unwrap_under(self._session, _read(row.compartment), wraps, purpose)
        except UNREADABLE as error:
            self._report.add("key", f"subject key {row.subject}", f"does not open: {error}")
            return None


def _read(stored: str) -> UUID:
    """Return a stored identifier; refuse any spelling but the one that is written."""
    found = UUID(hex=stored)
    if found.hex != stored:
        raise IntegrityFailure(f"{stored} is not how an identifier is stored")
    return found


@dataclass
class _Chain:
    """The events of one subject, followed in order."""

    stored: str
    key: bytes | None
    report: Verification
    seq: int = 0
    prev: str = ""
    last_version: bytes | None = None
    at: tuple[int, int] = (0, 0)

    def end(self, comparison: RecordComparison) -> None:
        if self.last_version is not None:
            comparison.take(_read(self.stored), self.last_version, self.at)

    def follow(self, row: _Row) -> None:
        self.seq += 1
        if row.seq != self.seq:
            self.report.event(row.epoch, row.idx, f"event {self.seq} of subject {self.stored} is missing")
            self.seq = row.seq
        elif self.key is not None:
            self._open(row)
        self.prev = leaf_hash(row.leaf).hex()
        self.at = (row.epoch, row.idx)

    def _open(self, row: _Row) -> None:
        try:
            subject, act_id = str(_read(row.subject)), str(_read(row.act_id))
            packed = unseal(self.key or b"", row.payload, f"custody-payload/{subject}/{row.seq}")
            rebuilt = commitment.payload_commitment(packed).hex().encode()
            # Compared as bytes: parsing a million payloads would cost more than hashing them.
            stated = {line[_SALT_END:] for line in packed.split(b"\n")}
            expected = {
                b'"act","%s"]' % row.verb.encode(),
                b'"act_id","%s"]' % act_id.encode(),
                b'"subject","%s"]' % subject.encode(),
                b'"seq",%d]' % row.seq,
                b'"prev","%s"]' % self.prev.encode(),
            }
        except UNREADABLE as error:
            self.report.event(row.epoch, row.idx, f"its columns or its payload were altered: {error}")
            return
        if row.leaf[_COMMITMENT] != rebuilt:
            self.report.event(row.epoch, row.idx, "its payload is not what the leaf commits to")
        elif not expected <= stated:
            self.report.event(row.epoch, row.idx, "its columns or its link backwards differ from its payload")
        if not any(line.startswith(b'"logged_at","' + row.leaf[_HOUR]) for line in stated):
            self.report.event(row.epoch, row.idx, "the hour of its leaf is not that of its logging")
        if b'"%s",' % RECORD_TYPE.encode() in packed:
            self.last_version = packed
