"""Making, changing and finding records: what every room does the same way."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Profile, Record, ReferenceCounter
from evidence_tracker.access.orders import After, read_page
from evidence_tracker.access.policy import Permission, now, require, visible
from evidence_tracker.custody import ledger
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.custody.ledger import next_version, save_version
from evidence_tracker.errors import InvalidInput, NotFound, NotReady
from evidence_tracker.values.moment import Moment

AnyRecord = TypeVar("AnyRecord", bound=Record)
PAGE = 50
MAX_TEXT = 1_000_000
FIXED = frozenset({"id", "version", "compartment_id", "recorded_at", "recorded_by", "reference"})


@dataclass(frozen=True)
class Governance:
    """Level, purpose and legal basis of a new record; None means not stated."""

    level: Level = Level.CONFIDENTIAL
    purpose: str | None = None
    legal_basis: str | None = None

    @classmethod
    def of(cls, record: Record) -> "Governance":
        """Return what a record made under ``record`` inherits."""
        return cls(record.level, record.purpose, record.legal_basis)


def profile(session: Session) -> Profile:
    """Return what this installation is."""
    row = session.scalars(select(Profile)).first()
    if row is None:
        raise NotReady("This instance was not set up.", advice="Run 'evidence-tracker init' first.")
    return row


def next_reference(session: Session, series: str) -> str:
    """Return the next reference of a series, ``KYI-E-0031``; numbers are never used twice."""
    counter = session.get(ReferenceCounter, series, with_for_update=True)
    if counter is None:
        counter = ReferenceCounter(series=series, last=0)
        session.add(counter)
    counter.last += 1
    return f"{profile(session).prefix}-{series}-{counter.last:04d}"


def create(
    session: Session,
    model: type[AnyRecord],
    *,
    compartment_id: UUID,
    governance: Governance,
    actor: Actor,
    permission: Permission = Permission.RECORD,
    verb: CustodyVerb = CustodyVerb.RECORDED,
    occurred: datetime | Moment | None = None,
    facts: Mapping[str, Any] | None = None,
    **values: Any,
) -> AnyRecord:
    """Check the right, make the record, note its first version; returns it.

    ``facts`` are fields of the custody event beside the record's own columns.
    """
    require(session, actor, permission, compartment_id, level=governance.level)
    moment = now(session)
    record = model(
        id=uuid4(),
        version=1,
        compartment_id=compartment_id,
        level=governance.level,
        purpose=governance.purpose,
        legal_basis=governance.legal_basis,
        owner_id=actor.account_id,
        recorded_at=moment,
        recorded_by=actor.account_id,
        **cleaned(values),
    )
    save_version(
        session, record, verb, compartment_id=compartment_id, actor=actor, occurred=occurred, facts=facts
    )
    return record


def amend(
    session: Session,
    record: AnyRecord,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
    permission: Permission = Permission.RECORD,
    verb: CustodyVerb = CustodyVerb.AMENDED,
    occurred: datetime | Moment | None = None,
    facts: Mapping[str, Any] | None = None,
) -> AnyRecord:
    """Check the right and the version, change the record, note the new version; returns it.

    A stale ``expected_version`` raises ``Conflict`` and changes nothing.
    """
    level = changes.get("level", record.level)
    require(session, actor, permission, record.compartment_id, level=max(level, record.level, key=_rank))
    next_version(record, expected_version)
    for name, value in cleaned(changes).items():
        if name in FIXED or not hasattr(type(record), name):
            raise InvalidInput(f"{name!r} of a {type(record).__tablename__} cannot be changed.")
        setattr(record, name, value)
    save_version(
        session,
        record,
        verb,
        compartment_id=record.compartment_id,
        actor=actor,
        occurred=occurred,
        facts=facts,
    )
    return record


def note_copy(session: Session, row: AnyRecord, *, how: str, actor: Actor) -> None:
    """Note that somebody took a copy of a record out of the house (a print, say): an event of the record."""
    require(session, actor, Permission.READ, row.compartment_id, level=row.level)
    ledger.record(
        session,
        CustodyVerb.COPIED,
        row.id,
        compartment_id=row.compartment_id,
        actor=actor,
        facts={"how": needed(how, "How it was copied")},
    )


def find(session: Session, model: type[AnyRecord], reference: str, *, actor: Actor) -> AnyRecord:
    """Return the record with this reference if it exists for this actor, else ``NotFound``."""
    column: Any = model.reference  # type: ignore[attr-defined] # each model that is looked up by reference has it
    found = session.scalars(
        select(model).where(column == reference.strip(), visible(session, actor, model))
    ).first()
    if found is None:
        raise NotFound(f"There is no {_noun(model)} {reference!r} here, or you may not see it.")
    return found


def find_many(
    session: Session,
    model: type[AnyRecord],
    references: Sequence[str],
    *,
    actor: Actor,
    also: ColumnElement[bool] | None = None,
) -> Sequence[AnyRecord]:
    """Return the records with these references, each once and in this order, else ``NotFound``.

    All of them are asked for in one question. ``also`` is a condition of the room under which they exist.
    """
    wanted = list(dict.fromkeys(reference.strip().upper() for reference in references))
    column: Any = model.reference  # type: ignore[attr-defined] # each model that is looked up by reference has it
    query = select(model).where(column.in_(wanted), visible(session, actor, model))
    rows = session.scalars(query if also is None else query.where(also)).all()
    found = {row.reference: row for row in rows}  # type: ignore[attr-defined] # as above
    for reference in wanted:
        if reference not in found:
            raise NotFound(f"There is no {_noun(model)} {reference[:60]!r} here, or you may not see it.")
    return [found[reference] for reference in wanted]


def get(session: Session, model: type[AnyRecord], record_id: UUID, *, actor: Actor) -> AnyRecord:
    """Return the record with this id if it exists for this actor, else ``NotFound``."""
    found = session.scalars(
        select(model).where(model.id == record_id, visible(session, actor, model))
    ).first()
    if found is None:
        raise NotFound(f"There is no such {_noun(model)} here, or you may not see it.")
    return found


def page(
    session: Session,
    query: Select[AnyRecord],
    model: type[AnyRecord],
    *,
    actor: Actor,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[AnyRecord]:
    """Return one page by key, newest first unless ``after`` says another order (``orders.Start``)."""
    return read_page(session, query, model, actor=actor, after=after, limit=limit)


def cleaned(values: Mapping[str, Any]) -> dict[str, Any]:
    """Strip texts; refuse control characters and unbounded length, naming the field."""
    return {name: _cleaned(name, value) for name, value in values.items()}


def _cleaned(name: str, value: Any) -> Any:
    if not isinstance(value, str) or type(value) is not str:
        return value
    text = value.strip()
    if any(character < " " and character not in "\n\t" for character in text) or "\x7f" in text:
        raise InvalidInput(
            f"{name.replace('_', ' ')} contains control characters.", advice="Paste it as plain text."
        )
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput(
            f"{name.replace('_', ' ')} is not valid Unicode text.", advice="Paste it as plain text."
        )
    if len(text) > MAX_TEXT:
        raise InvalidInput(
            f"{name.replace('_', ' ')} is longer than {MAX_TEXT} characters.",
            advice="Take it in as an exhibit.",
        )
    return text


def needed(value: str | None, what: str) -> str:
    """Return the stripped text, or refuse an empty one by its name."""
    text = (value or "").strip()
    if not text:
        raise InvalidInput(f"{what} is missing.")
    return text


def _rank(level: Level) -> int:
    return level.rank


def _noun(model: type[Record]) -> str:
    return str(model.__tablename__).replace("_", " ")
