"""The index of the search: one entry for each record that can be found, and its folded words.

What is searched is stated by each room (``Record.searched``). ``Index`` watches a session and
writes whatever was saved before the same commit, so that nothing is saved and not found, or found
and not saved. The words lie in an FTS5 table of the encrypted database.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ForeignKey,
    Integer,
    Select,
    Text,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    table,
    union_all,
    update,
)
from sqlalchemy import Index as TableIndex
from sqlalchemy import event as sa_event
from sqlalchemy.orm import Mapped, Session, mapped_column

from evidence_tracker.access.folding import folded
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.db import Base, before_commit
from evidence_tracker.values.place import Place

_CHUNK = 500
#: So many letters of a title say where it stands among others; records of equal beginnings stand by id.
_ORDERED_BY = 100
WORDS = table(
    "search_text",
    column("rowid", Integer),
    column("search_text", Text),
    column("reference", Text),
    column("title", Text),
    column("text", Text),
    column("place", Text),
)


class SearchEntry(Base):
    """One record that can be found; its words lie in ``search_text`` under the same number.

    Level and compartment are those of the record's last saved version. ``home_id`` is the record
    that one opens (itself, unless it hangs on another); ``parent_id`` the one between the two and
    ``along_id`` a further record it speaks of, both of which must be visible too. ``title`` is the
    beginning of the folded title, by which lists are ordered.
    """

    __tablename__ = "search_entry"
    __table_args__ = (TableIndex(None, "kind", "title", "record_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[UUID] = mapped_column(unique=True)
    kind: Mapped[str]
    reference: Mapped[str | None] = mapped_column(index=True)
    title: Mapped[str] = mapped_column(default="", server_default="")
    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment.id"))
    level: Mapped[Level] = mapped_column(words(Level))
    recorded_at: Mapped[datetime]
    home_id: Mapped[UUID]
    parent_id: Mapped[UUID | None]
    along_id: Mapped[UUID | None]


class Index:
    """Keeps the search in step with one session."""

    def __init__(self) -> None:
        self._saved: dict[UUID, Record] = {}

    def attach(self, session: Session) -> None:
        """Watch what the session flushes; bind this before the custody log, which is written last."""
        sa_event.listen(session, "after_flush", self._watch)
        before_commit(session, "search", self._write)

    def _watch(self, session: Session, _context: object) -> None:
        for row in (*session.new, *session.dirty):
            if isinstance(row, Record) and row.searched is not None:
                self._saved[row.id] = row

    def _write(self, session: Session) -> None:
        index(session, self._saved.values())
        self._saved.clear()


def index(session: Session, records: Iterable[Record]) -> None:
    """Write the entries and words of these records, over what stood there before.

    A record that hangs on one without an entry is left out: ``lacking`` counts it.
    """
    made = {record.id: record for record in records}
    if not made:
        return
    parents = {parent for record in made.values() if (parent := _pointed(record, "of")) is not None}
    known = _known(session, made.keys() | parents)
    writer = _Writer(session, made, known)
    for record in made.values():
        writer.place(record)
    writer.finish()


def forget(session: Session, record_id: UUID) -> None:
    """Take a record and its words out of the search, without a trace: it is being erased."""
    number = session.scalar(select(SearchEntry.id).where(SearchEntry.record_id == record_id))
    session.execute(delete(WORDS).where(WORDS.c.rowid == number))
    session.execute(delete(SearchEntry).where(SearchEntry.record_id == record_id))


def index_lacking(session: Session) -> int:
    """Write the entries of every record that has none, in the order of their recording; return how many.

    Every model must be known (``evidence_tracker.tables``).
    """
    order = [table.name for table in Base.metadata.sorted_tables]
    models = sorted(searched_models(), key=lambda model: order.index(model.__tablename__))
    missing = [
        _without_entry(model).with_only_columns(
            literal(place).label("place"), model.id, model.recorded_at.label("recorded_at")
        )
        for place, model in enumerate(models)
    ]
    rows = session.execute(union_all(*missing).order_by("recorded_at", "place")).all()
    for some in _in_chunks(rows):
        wanted: dict[int, list[UUID]] = {}
        for place, row_id, _ in some:
            wanted.setdefault(place, []).append(row_id)
        found = {
            record.id: record
            for place, ids in wanted.items()
            for record in session.scalars(select(models[place]).where(models[place].id.in_(ids)))
        }
        index(session, [found[row_id] for _, row_id, _ in some])
        session.expunge_all()
    return len(rows)


def lacking(session: Session) -> int:
    """Return how many records have no entry; 0 where all is well."""
    counts = [
        select(func.count()).select_from(_without_entry(model).subquery()) for model in searched_models()
    ]
    return sum(session.scalars(union_all(*counts)))


def searched_models() -> list[type[Record]]:
    """Return every model that is searched and known here."""
    models = [mapper.class_ for mapper in Base.registry.mappers]
    return [model for model in models if issubclass(model, Record) and model.searched is not None]


def plain(value: Any) -> str:
    """Return the words of a column: text, a place by its names, lists of either."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, Place):
        return "\n".join(filter(None, (value.name, value.current_name)))
    if isinstance(value, Mapping):
        return "\n".join(filter(None, (value.get("name"), value.get("current_name"))))
    return "\n".join(plain(item) for item in value)


@dataclass
class _Writer:
    """Writes the entries of one commit: what others hang on comes first."""

    session: Session
    made: Mapping[UUID, Record]
    known: dict[UUID, Any]

    def __post_init__(self) -> None:
        self._placed: set[UUID] = set()
        self._next = (self.session.scalar(select(func.max(SearchEntry.id))) or 0) + 1
        self._entries: list[dict[str, Any]] = []
        self._words: list[dict[str, Any]] = []

    def place(self, record: Record) -> None:
        """Find the record's place and note what is to be written; once."""
        if record.id in self._placed:
            return
        self._placed.add(record.id)
        parent_id = _pointed(record, "of")
        if parent_id is not None and parent_id in self.made:
            self.place(self.made[parent_id])
        entry = self._entry(record, parent_id)
        if entry is None:
            return
        said = _folded(record)
        entry["title"] = said["title"][:_ORDERED_BY]
        before = self.known.get(record.id)
        if before is None:
            self._entries.append({"id": self._next, **entry})
            self._words.append({"rowid": self._next, **said})
            self._next += 1
        else:
            self.session.execute(update(SearchEntry).where(SearchEntry.id == before.id).values(**entry))
            self.session.execute(update(WORDS).where(WORDS.c.rowid == before.id).values(**said))
        self.known[record.id] = _Known(before.id if before else self._next - 1, entry["home_id"])

    def _entry(self, record: Record, parent_id: UUID | None) -> dict[str, Any] | None:
        home_id = record.id
        if parent_id is not None:
            if parent_id not in self.known:
                return None
            home_id = self.known[parent_id].home_id
        return {
            "record_id": record.id,
            "kind": record.__tablename__,
            "reference": getattr(record, searched_of(type(record)).reference, None),
            "compartment_id": record.compartment_id,
            "level": record.level,
            "recorded_at": record.recorded_at,
            "home_id": home_id,
            "parent_id": None if parent_id == home_id else parent_id,
            "along_id": _pointed(record, "along"),
        }

    def finish(self) -> None:
        """Write what is new, all at once."""
        if self._entries:
            self.session.execute(insert(SearchEntry), self._entries)
            self.session.execute(insert(WORDS), self._words)


@dataclass(frozen=True)
class _Known:
    id: int
    home_id: UUID


def _known(session: Session, record_ids: Iterable[UUID]) -> dict[UUID, Any]:
    found: dict[UUID, Any] = {}
    for some in _in_chunks(sorted(record_ids)):
        query = select(SearchEntry.record_id, SearchEntry.id, SearchEntry.home_id)
        for record_id, number, home_id in session.execute(query.where(SearchEntry.record_id.in_(some))):
            found[record_id] = _Known(number, home_id)
    return found


def _folded(record: Record) -> dict[str, str]:
    searched = searched_of(type(record))

    def read(names: Iterable[str]) -> str:
        return folded("\n".join(plain(getattr(record, name)) for name in names))

    return {
        "reference": read(
            (*([searched.reference] if hasattr(record, searched.reference) else []), *searched.codes)
        ),
        "title": read(searched.title),
        "text": read(searched.texts),
        "place": record.compartment_id.hex,
    }


def _pointed(record: Record, which: str) -> UUID | None:
    names: tuple[str, ...] = getattr(searched_of(type(record)), which)
    return next((found for name in names if (found := getattr(record, name)) is not None), None)


def searched_of(model: type[Record]) -> Searched:
    """Return what is searched of a model that is."""
    if model.searched is None:
        raise TypeError(f"{model.__tablename__} is not searched")
    return model.searched


def _without_entry(model: type[Record]) -> Select[Any]:
    has_one = select(SearchEntry.id).where(SearchEntry.record_id == model.id).exists()
    return select(model.id).where(~has_one)


def _in_chunks(rows: Iterable[Any]) -> Iterator[list[Any]]:
    iterator = iter(rows)
    return iter(partial(_take, iterator), [])


def _take(iterator: Iterator[Any]) -> list[Any]:
    return list(islice(iterator, _CHUNK))
