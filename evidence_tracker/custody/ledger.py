"""The only writer of the custody log.

Acts call ``record`` and ``save_version`` while they work; nothing is written to the log
then. Just before COMMIT, under the lock of the log's head, the events of the act are
salted, committed, encrypted and appended in order, so that the log's order is the
commit order and a rolled-back act leaves no trace (docs/spec/custody-log.md).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Select, func, insert, select, update
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Session

from evidence_tracker.clock import Clock
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.models import CustodyEventRow, LogEpoch, LogNode, SubjectKey
from evidence_tracker.db import Evidential, as_json, before_commit, iso, snapshot
from evidence_tracker.errors import ChainBroken, Conflict, NotReady
from evidence_tracker.integrity import commitment
from evidence_tracker.integrity.commitment import Field
from evidence_tracker.integrity.merkle import Frontier, leaf_hash
from evidence_tracker.keys.wraps import new_key, seal
from evidence_tracker.values.moment import Moment
from evidence_tracker.vault.keyring import Keyring
from evidence_tracker.writepoints import WritePoint, reached

RECORD_PREFIX = "record."
RECORD_TYPE = "record_type"
_CHUNK = 500


@dataclass
class Pending:
    """An event that waits for the commit."""

    verb: CustodyVerb
    subject: UUID
    compartment_id: UUID
    actor: Actor
    occurred: Any
    facts: dict[str, Any]


@dataclass
class Ledger:
    """What the log needs from the installation, and what one transaction has collected.

    One act is one transaction: its events share ``act_id``.
    """

    keyring: Keyring
    clock: Clock
    act_id: UUID = field(default_factory=uuid4)
    pending: list[Pending] = field(default_factory=list)
    saved: dict[UUID, dict[str, Any]] = field(default_factory=dict)
    flushed: dict[UUID, Evidential] = field(default_factory=dict)
    subject_keys: dict[UUID, bytes] = field(default_factory=dict)

    def attach(self, session: Session) -> None:
        """Bind to a session: watch what it flushes and append last."""
        session.info["ledger"] = self
        sa_event.listen(session, "after_flush", self._watch)
        before_commit(session, "ledger", self.append)

    def _watch(self, session: Session, _context: object) -> None:
        for row in (*session.new, *session.dirty):
            if isinstance(row, Evidential) and (row in session.new or session.is_modified(row)):
                self.flushed[row.id] = row
        for row in session.deleted:
            if isinstance(row, Evidential):
                raise ChainBroken(
                    f"A {row.__tablename__} was about to be deleted; records are never deleted."
                )

    def append(self, session: Session) -> None:
        """Append the collected events (the last thing before COMMIT)."""
        self._refuse_unsaved()
        if not self.pending:
            return
        reached(WritePoint.ROWS_WRITTEN)
        head = _lock_head(session)
        rows = self._rows(session, head)
        session.execute(insert(CustodyEventRow), rows)
        _grow(session, head, [row["leaf"] for row in rows])
        self.pending.clear()
        reached(WritePoint.LEDGER_APPENDED)

    def _refuse_unsaved(self) -> None:
        # A changed row without its event would be a quiet change: the commit must not happen.
        for row_id, row in self.flushed.items():
            if self.saved.get(row_id) != snapshot(row):
                raise ChainBroken(
                    f"A change to {row.__tablename__} {row_id} has no custody event; this is a defect."
                )

    def _rows(self, session: Session, head: LogEpoch) -> list[dict[str, Any]]:
        logged_at = self.clock.now()
        tails = _tails(session, {item.subject for item in self.pending})
        self._open_keys(session)
        rows: list[dict[str, Any]] = []
        for position, item in enumerate(self.pending):
            seq, prev = tails.get(item.subject, (0, ""))
            fields = self._fields(item, seq + 1, prev, logged_at)
            packed = commitment.pack(fields)
            leaf = commitment.leaf(commitment.hour(logged_at), commitment.payload_commitment(packed))
            tails[item.subject] = (seq + 1, leaf_hash(leaf).hex())
            rows.append(
                {
                    "epoch": head.epoch,
                    "idx": head.size + position,
                    "subject": item.subject,
                    "seq": seq + 1,
                    "act_id": self.act_id,
                    "verb": item.verb.value,
                    "leaf": leaf,
                    "payload": seal(
                        self.subject_keys[item.subject], packed, payload_purpose(item.subject, seq + 1)
                    ),
                }
            )
        return rows

    def _fields(self, item: Pending, seq: int, prev: str, logged_at: datetime) -> list[Field]:
        state = self.clock.state()
        values: dict[str, Any] = {
            "act": item.verb.value,
            "act_id": str(self.act_id),
            "subject": str(item.subject),
            "seq": seq,
            "prev": prev,
            "actor": str(item.actor.account_id),
            "door": item.actor.door.value,
            "system_user": item.actor.system_user,
            "occurred": item.occurred,
            "logged_at": iso(logged_at),
            "clock": {"synchronised": state.synchronised, "offset_ms": state.offset_ms},
        }
        overlap = values.keys() & item.facts.keys()
        if overlap:
            raise ValueError(f"facts may not replace {sorted(overlap)}")
        values |= item.facts
        return [Field(commitment.new_salt(), name, value) for name, value in values.items()]

    def _open_keys(self, session: Session) -> None:
        # In bulk: one look-up and one insert for all subjects of the act.
        homes = {item.subject: item.compartment_id for item in self.pending}
        wanted = sorted(homes.keys() - self.subject_keys.keys())
        for row in _in_chunks(session, select(SubjectKey), SubjectKey.subject, wanted):
            purpose = subject_purpose(row.subject)
            self.subject_keys[row.subject] = self.keyring.unwrap_under(
                session, row.compartment_id, row.wraps, purpose
            )
        made = []
        for subject in wanted:
            if subject not in self.subject_keys:
                key = self.subject_keys[subject] = new_key()
                wraps = self.keyring.wrap_under(session, homes[subject], key, subject_purpose(subject))
                made.append({"subject": subject, "compartment_id": homes[subject], "wraps": wraps})
        if made:
            session.execute(insert(SubjectKey), made)


def ledger_of(session: Session) -> Ledger:
    """Return the ledger bound to a session; a session without one cannot act."""
    ledger = session.info.get("ledger")
    if not isinstance(ledger, Ledger):
        raise NotReady("This session has no custody log; acts need Instance.transaction().")
    return ledger


def record(
    session: Session,
    verb: CustodyVerb,
    subject: UUID,
    *,
    compartment_id: UUID,
    actor: Actor,
    occurred: datetime | Moment | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note an event for the log; it is appended just before COMMIT.

    ``occurred`` is when it happened in the world (None: while it was recorded); ``facts``
    become fields of their own, each with its own salt. Values must be free of floats.
    """
    ledger_of(session).pending.append(
        Pending(verb, subject, compartment_id, actor, as_json(occurred), as_json(dict(facts or {})))
    )


def save_version(
    session: Session,
    row: Evidential,
    verb: CustodyVerb,
    *,
    compartment_id: UUID,
    actor: Actor,
    occurred: datetime | Moment | None = None,
    facts: Mapping[str, Any] | None = None,
) -> None:
    """Note a saved version of a record: one field per column, beside the event's own facts.

    Call it last in an act, when the row holds its final values; a later change in the
    same transaction is refused at commit.
    """
    session.add(row)
    session.flush()
    state = snapshot(row)
    ledger = ledger_of(session)
    ledger.saved[row.id] = state
    columns = {RECORD_PREFIX + name: value for name, value in state.items()}
    record(
        session,
        verb,
        row.id,
        compartment_id=compartment_id,
        actor=actor,
        occurred=occurred,
        facts={RECORD_TYPE: row.__tablename__, **columns, **(facts or {})},
    )


def next_version(row: Evidential, expected: int | None) -> None:
    """Count a record's version up, or raise ``Conflict`` when ``expected`` is no longer current."""
    if expected is not None and expected != row.version:
        raise Conflict(
            f"This {row.__tablename__.replace('_', ' ')} was saved by somebody else meanwhile: "
            f"you changed version {expected}, the current one is {row.version}."
        )
    row.version += 1


def payload_purpose(subject: UUID, seq: int) -> str:
    """Return what binds an encrypted payload to its place."""
    return f"custody-payload/{subject}/{seq}"


def subject_purpose(subject: UUID) -> str:
    """Return what binds a wrapped subject key to its subject."""
    return f"subject/{subject}"


def _in_chunks(session: Session, query: Select[Any], column: Any, wanted: Sequence[UUID]) -> Iterator[Any]:
    for start in range(0, len(wanted), _CHUNK):
        yield from session.scalars(query.where(column.in_(wanted[start : start + _CHUNK])))


def _lock_head(session: Session) -> LogEpoch:
    # What this session may have read of the head before is older than the lock.
    head = session.scalars(
        select(LogEpoch)
        .order_by(LogEpoch.epoch.desc())
        .limit(1)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if head is None:
        raise NotReady("This instance has no custody log yet.", advice="Run 'evidence-tracker init' first.")
    return head


def _tails(session: Session, subjects: set[UUID]) -> dict[UUID, tuple[int, str]]:
    found: dict[UUID, tuple[int, str]] = {}
    wanted = sorted(subjects)
    for start in range(0, len(wanted), _CHUNK):
        newest = (
            select(CustodyEventRow.subject, func.max(CustodyEventRow.seq).label("seq"))
            .where(CustodyEventRow.subject.in_(wanted[start : start + _CHUNK]))
            .group_by(CustodyEventRow.subject)
            .subquery()
        )
        query = select(CustodyEventRow.subject, CustodyEventRow.seq, CustodyEventRow.leaf).join(
            newest,
            (CustodyEventRow.subject == newest.c.subject) & (CustodyEventRow.seq == newest.c.seq),
        )
        for subject, seq, leaf in session.execute(query):
            found[subject] = (seq, leaf_hash(leaf).hex())
    return found


def _grow(session: Session, head: LogEpoch, leaves: Sequence[bytes]) -> None:
    frontier = Frontier(head.size, tuple(bytes.fromhex(text) for text in head.frontier))
    nodes = [
        {"epoch": head.epoch, "level": level, "idx": index, "hash": node}
        for leaf in leaves
        for level, index, node in frontier.append(leaf_hash(leaf))
    ]
    if nodes:
        session.execute(insert(LogNode), nodes)
    session.execute(
        update(LogEpoch)
        .where(LogEpoch.epoch == head.epoch)
        .values(size=frontier.size, frontier=[node.hex() for node in frontier.hashes])
    )
