"""Verification of everything the log promises, from the stored bytes up.

1. *Log*: every leaf is hashed again, in order, into the tree; every stored node, the head
   and every signed checkpoint must agree.
2. *Payloads*: every payload is decrypted and must rebuild the commitment in its leaf; the
   columns beside it, and the chain of each subject (``seq``, ``prev``), must agree.
3. *Records*: every column of every evidential row must equal the last version in the log;
   no row without an event, no event without its row.

Findings name the epoch and index, the record or the key; nothing is repaired.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import Table, func, literal_column, select
from sqlalchemy.orm import Session

from evidence_tracker.custody.checkpoints import LogSigner
from evidence_tracker.custody.ledger import RECORD_PREFIX, RECORD_TYPE, subject_purpose
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch, LogNode, SignedCheckpoint, SubjectKey
from evidence_tracker.db import Evidential, as_json, evidential_models
from evidence_tracker.errors import EvidenceTrackerError, IntegrityFailure
from evidence_tracker.integrity import commitment
from evidence_tracker.integrity.canonical import canonical
from evidence_tracker.integrity.checkpoint import open_checkpoint
from evidence_tracker.integrity.faults import IntegrityFault
from evidence_tracker.integrity.merkle import Frontier, leaf_hash
from evidence_tracker.integrity.note import Verifier
from evidence_tracker.keys.wraps import unseal
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.vault.models import CompartmentKey

_BATCH = 500
_SALT_END = 47  # ["<43 characters of salt>" and the comma
_COMMITMENT = slice(6, 70)  # {"c":"<64 hex digits>"


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was recorded.

    ``kind`` is event, tree, checkpoint, head, key, record, blob or access-log; ``where`` names it;
    ``epoch`` and ``index`` point into the log where that makes sense.
    """

    kind: str
    where: str
    what: str
    epoch: int | None = None
    index: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the finding as JSON values."""
        return {
            "kind": self.kind,
            "where": self.where,
            "what": self.what,
            "epoch": self.epoch,
            "index": self.index,
        }

    def __str__(self) -> str:
        """Return the finding as a sentence."""
        return f"{self.where}: {self.what}"


@dataclass
class Verification:
    """What was looked at, and everything that was found."""

    events: int = 0
    records: int = 0
    checkpoints: int = 0
    findings: list[Finding] = field(default_factory=list)

    def event(self, epoch: int, index: int, what: str) -> None:
        """Note a fault of one event."""
        self.findings.append(Finding("event", f"event {index} of epoch {epoch}", what, epoch, index))

    def add(self, kind: str, where: str, what: str) -> None:
        """Note any other fault."""
        self.findings.append(Finding(kind, where, what))


def verify_log(session: Session, signer: LogSigner, report: Verification) -> None:
    """Rehash every epoch: leaves, tree, head, checkpoints (memory does not grow with the log)."""
    base: str | None = None
    roots: dict[str, tuple[int, bytes]] = {}
    expected_epoch = 1
    for head in session.scalars(select(LogEpoch).order_by(LogEpoch.epoch)):
        name, _, number = head.origin.rpartition("/")
        base = base or name
        if head.epoch != expected_epoch or number != str(head.epoch) or name != base:
            report.add("head", f"epoch {head.epoch}", "its number or origin is not the next one in line")
        expected_epoch += 1
        root = _verify_epoch(session, head, signer, report)
        roots[head.origin] = (head.size, root)
    _verify_last_signed(signer, roots, report)
    orphans = session.scalar(
        select(func.count()).where(CustodyEventRow.epoch.not_in(select(LogEpoch.epoch)))
    )
    if orphans:
        report.add("event", "the log", f"{orphans} events belong to no epoch")


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
        report.add("head", f"epoch {head.epoch}", f"the head says {head.size} events, the log holds {frontier.size}")
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
                self._head.epoch, size - 1, f"or one before it is not what the checkpoint of {size} events signed"
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
    for row in session.scalars(select(CompartmentKey)):
        try:
            keyring.open(row)
        except (EvidenceTrackerError, ValueError, KeyError, TypeError) as error:
            report.add("key", f"compartment key {row.id}", f"does not open: {error}")


def verify_payloads(session: Session, keyring: Keyring, report: Verification) -> None:
    """Rebuild every commitment, check every subject's chain, compare the last versions with the rows."""
    fresh = Keyring(keyring.root)
    comparison = _RecordComparison(session, report)
    rows = session.execute(
        select(CustodyEventRow)
        .order_by(CustodyEventRow.subject, CustodyEventRow.seq)
        .execution_options(yield_per=1000)
    ).scalars()
    chain: _Chain | None = None
    for row in rows:
        if chain is None or chain.subject != row.subject:
            if chain is not None:
                comparison.take(chain)
            chain = _Chain.begin(session, fresh, row.subject, report)
        chain.follow(row)
        session.expunge(row)
    if chain is not None:
        comparison.take(chain)
    comparison.finish()


@dataclass
class _Chain:
    """The events of one subject, followed in order."""

    subject: UUID
    key: bytes | None
    report: Verification
    seq: int = 0
    prev: str = ""
    last_version: bytes | None = None
    at: tuple[int, int] = (0, 0)

    @classmethod
    def begin(cls, session: Session, keyring: Keyring, subject: UUID, report: Verification) -> "_Chain":
        try:
            row = session.get(SubjectKey, subject)
            if row is None:
                raise IntegrityFailure("is gone")
            key = keyring.unwrap_under(session, row.compartment_id, row.wraps, subject_purpose(subject))
            session.expunge(row)
        except (EvidenceTrackerError, ValueError, KeyError, TypeError) as error:
            report.add("key", f"subject key {subject}", f"does not open: {error}")
            return cls(subject, None, report)
        return cls(subject, key, report)

    def follow(self, row: CustodyEventRow) -> None:
        self.seq += 1
        if row.seq != self.seq:
            self.report.event(row.epoch, row.idx, f"event {self.seq} of its subject {self.subject} is missing")
            self.seq = row.seq
        elif self.key is not None:
            self._open(row)
        self.prev = leaf_hash(row.leaf).hex()
        self.at = (row.epoch, row.idx)

    def _open(self, row: CustodyEventRow) -> None:
        try:
            packed = unseal(self.key or b"", row.payload, f"custody-payload/{row.subject}/{row.seq}")
            rebuilt = commitment.payload_commitment(packed).hex().encode()
        except (EvidenceTrackerError, IntegrityFault) as error:
            self.report.event(row.epoch, row.idx, f"its payload was altered: {error}")
            return
        if row.leaf[_COMMITMENT] != rebuilt:
            self.report.event(row.epoch, row.idx, "its payload is not what the leaf commits to")
            return
        # Compared as bytes: parsing a million payloads would cost more than hashing them.
        stated = {line[_SALT_END:] for line in packed.split(b"\n")}
        expected = {
            b'"act","%s"]' % row.verb.encode(),
            b'"act_id","%s"]' % str(row.act_id).encode(),
            b'"subject","%s"]' % str(row.subject).encode(),
            b'"seq",%d]' % row.seq,
            b'"prev","%s"]' % self.prev.encode(),
        }
        if not expected <= stated:
            self.report.event(row.epoch, row.idx, "its columns or its link to the event before differ from its payload")
        if b'"%s",' % RECORD_TYPE.encode() in packed:
            self.last_version = packed


class _RecordComparison:
    """Compares rows with the last versions of their chains, a batch at a time."""

    def __init__(self, session: Session, report: Verification) -> None:
        self._session = session
        self._report = report
        self._models = {str(model.__tablename__): model for model in evidential_models()}
        self._waiting: dict[str, dict[UUID, tuple[dict[str, Any], tuple[int, int]]]] = {}
        self._seen: dict[str, int] = {}

    def take(self, chain: _Chain) -> None:
        if chain.last_version is None:
            return
        values = {item.name: item.value for item in commitment.unpack(chain.last_version)}
        table = str(values.get(RECORD_TYPE))
        if table not in self._models:
            self._report.event(*chain.at, f"names a kind of record that does not exist: {table}")
            return
        version = {
            name.removeprefix(RECORD_PREFIX): value
            for name, value in values.items()
            if name.startswith(RECORD_PREFIX)
        }
        waiting = self._waiting.setdefault(table, {})
        waiting[chain.subject] = (version, chain.at)
        if len(waiting) >= _BATCH:
            self._compare(table)

    def finish(self) -> None:
        for table in list(self._waiting):
            self._compare(table)
        for name, model in self._models.items():
            self._find_unlogged(name, model)

    def _compare(self, name: str) -> None:
        waiting = self._waiting.pop(name)
        model = self._models[name]
        found = raw_rows(self._session, model, list(waiting))
        self._seen[name] = self._seen.get(name, 0) + len(found)
        for subject, (version, (epoch, index)) in waiting.items():
            self._report.records += 1
            raw = found.get(subject.hex)
            if raw is None:
                self._finding(name, subject, "is gone from its table", epoch, index)
                continue
            for column in differing_columns(self._session, model, raw, version):
                self._finding(name, subject, f"column {column} is not what was logged", epoch, index)

    def _finding(self, name: str, subject: UUID, what: str, epoch: int, index: int) -> None:
        self._report.findings.append(Finding("record", f"{name} {subject}", what, epoch, index))

    def _find_unlogged(self, name: str, model: type[Evidential]) -> None:
        table: Any = model.__table__
        if self._session.scalar(select(func.count()).select_from(table)) == self._seen.get(name, 0):
            return
        unlogged = select(literal_column("id")).select_from(table).where(
            literal_column("id").not_in(select(CustodyEventRow.subject))
        )
        for row_id in self._session.execute(unlogged).scalars():
            self._report.add("record", f"{name} {row_id}", "is in its table without any event in the log")


def raw_rows(session: Session, model: type[Evidential], ids: list[UUID]) -> dict[str, dict[str, Any]]:
    """Return rows as the driver gives them, by id in hex: conversions could hide a change."""
    table: Table = model.__table__  # type: ignore[assignment] # declarative tables are Tables
    columns = ", ".join(f'"{column.name}"' for column in table.columns)
    marks = ", ".join("?" * len(ids))
    result = session.connection().exec_driver_sql(
        f'SELECT {columns} FROM "{table.name}" WHERE id IN ({marks})',  # noqa: S608 - names come from the models
        tuple(item.hex for item in ids),
    )
    names = [column.name for column in table.columns]
    return {str(row[names.index("id")]): dict(zip(names, row, strict=True)) for row in result}


def differing_columns(
    session: Session, model: type[Evidential], raw: dict[str, Any], version: dict[str, Any]
) -> list[str]:
    """Return the columns whose stored value is not exactly what the logged version says."""
    table: Table = model.__table__  # type: ignore[assignment]
    dialect = session.get_bind().dialect
    differing = sorted(version.keys() - {column.name for column in table.columns})
    for column in table.columns:
        stored = raw[column.name]
        load = column.type.dialect_impl(dialect).result_processor(dialect, None)
        store = column.type.dialect_impl(dialect).bind_processor(dialect)
        try:
            value = load(stored) if load else stored
            again = store(value) if store else value
            is_same = (
                column.name in version
                and canonical(as_json(value)) == canonical(version[column.name])
                and type(again) is type(stored)
                and again == stored
            )
        except (ValueError, TypeError, LookupError, AttributeError, EvidenceTrackerError, IntegrityFault):
            is_same = False  # what does not even read back is not what was written
        if not is_same:
            differing.append(column.name)
    return differing
