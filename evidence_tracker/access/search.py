"""The search: who finds what by its words. What there is to find is written by ``indexing``."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import (
    CTE,
    ColumnElement,
    FromClause,
    Select,
    Table,
    Text,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy.orm import Session

from evidence_tracker.access.folding import Piece, Term, excerpt, expression, terms
from evidence_tracker.access.indexing import WORDS, SearchEntry, plain, searched_models, searched_of
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import reach, within
from evidence_tracker.access.records import PAGE, get
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound

_IN_TITLE = "{reference title}"
_IN_WORDS = "{reference title text}"
_ENTRIES = cast("Table", SearchEntry.__table__)
_ENTRY, _HOME, _PARENT, _ALONG = (_ENTRIES.alias(name) for name in ("entry", "home", "parent", "along"))


@dataclass(frozen=True)
class Found:
    """One record that was found, as far as the one who asked may see it.

    ``kind`` (the table) and ``reference`` name the record to open, ``title`` is its own. Where a
    record that hangs on it was found, ``part`` is its table. ``passage`` is where the words stand,
    unless that is the reference or the shown title. It is empty from RESTRICTED on: such texts are
    read on their own page, where the reading is noted. ``key`` is the ``after`` of the next page.
    """

    kind: str
    reference: str
    title: str
    part: str | None
    passage: tuple[Piece, ...]
    level: Level
    recorded_at: datetime
    key: tuple[int, UUID]


def search(
    session: Session,
    asked: str,
    *,
    actor: Actor,
    kinds: Collection[str] | None = None,
    compartment_id: UUID | None = None,
    after: tuple[int, UUID] | None = None,
    limit: int = PAGE,
) -> list[Found]:
    """Return one page of the records in which all that was asked for stands, as far as they may be seen.

    First those where it stands in reference or title, then those where it stands in the text, each
    newest first. The order is that of the records alone: a rank by frequency would tell how often
    a word stands in what one may not see. ``kinds`` are tables of records to open.
    Three queries at most.
    """
    looked_for = terms(asked)
    if not looked_for:
        return []
    every = expression(looked_for)
    steps = [f"{_IN_TITLE} : ({every})", f"{_IN_WORDS} : ({every}) NOT {_IN_TITLE} : ({every})"]
    hits: list[tuple[int, Any]] = []
    for step, match in enumerate(steps):
        if len(hits) < limit and (after is None or step >= after[0]):
            query = _hits(session, match, actor, kinds, compartment_id)
            if after is not None and step == after[0]:
                last = select(_ENTRIES.c.id).where(_ENTRIES.c.record_id == after[1]).scalar_subquery()
                query = query.where(WORDS.c.rowid < last)
            rows = session.execute(query.limit(limit - len(hits)))
            hits.extend((step, row) for row in rows)
    return _told(session, hits, looked_for)


def find_record(session: Session, reference: str, *, actor: Actor) -> Record:
    """Return whatever record has this reference (or code, of a person) and exists for this actor, else ``NotFound``."""
    entry = _ENTRY.c
    query = select(entry.kind, entry.record_id).where(
        entry.reference == reference.strip().upper(),
        entry.record_id == entry.home_id,
        within(reach(session, actor), entry),
    )
    models = {model.__tablename__: model for model in searched_models()}
    for kind, record_id in session.execute(query):
        return get(session, models[kind], record_id, actor=actor)
    raise NotFound(f"There is no record {reference!r} here, or you may not see it.")


def _hits(
    session: Session, match: str, actor: Actor, kinds: Collection[str] | None, compartment_id: UUID | None
) -> Select[*tuple[Any, ...]]:
    entry, home, reached = _ENTRY.c, _HOME.c, reach(session, actor)
    query: Select[*tuple[Any, ...]] = (
        select(
            entry.record_id,
            entry.kind.label("part"),
            entry.level,
            entry.recorded_at,
            home.record_id.label("home_id"),
            home.kind,
            home.reference,
        )
        .select_from(WORDS)
        .join(_ENTRY, entry.id == WORDS.c.rowid)
        .join(_HOME, home.record_id == entry.home_id)
        .where(
            WORDS.c.search_text.op("MATCH")(_within_places(match, reached)),
            within(reached, entry),
            within(reached, home),
            _is_within(reached, _PARENT, entry.parent_id),
            _is_within(reached, _ALONG, entry.along_id),
        )
        .order_by(WORDS.c.rowid.desc())
    )
    if kinds is not None:
        query = query.where(home.kind.in_(kinds))
    if compartment_id is not None:
        query = query.where(entry.compartment_id == compartment_id)
    return query


def _within_places(match: str, reached: CTE) -> ColumnElement[str]:
    """Narrow the words to the compartments of the reach; in none of them, they match nothing.

    The rights are asked of each entry as well. This keeps whoever sees little from waiting for all
    that they do not see.
    """
    every = select(reached.c.compartment_id).distinct().subquery()
    quoted = literal('"').op("||")(every.c.compartment_id).op("||")('"')
    places = select(func.coalesce(func.group_concat(quoted, " OR "), '"nowhere"')).scalar_subquery()
    return literal(f"({match}) AND place : (").op("||")(places).op("||")(")")


def _is_within(reached: CTE, other: FromClause, pointer: ColumnElement[Any]) -> ColumnElement[bool]:
    seen = select(other.c.id).where(other.c.record_id == pointer, within(reached, other.c)).exists()
    return or_(pointer.is_(None), seen)


def _told(session: Session, hits: Sequence[tuple[int, Any]], looked_for: Sequence[Term]) -> list[Found]:
    wanted: dict[str, set[UUID]] = {}
    for _, row in hits:
        wanted.setdefault(row.part, set()).add(row.record_id)
        wanted.setdefault(row.kind, set()).add(row.home_id)
    stated = defaultdict(_Stated, _words_of(session, wanted))
    return [
        Found(
            kind=row.kind,
            reference=row.reference or "",
            title=stated[row.home_id].title,
            part=None if row.record_id == row.home_id else row.part,
            passage=_passage(step, row, stated[row.record_id], looked_for),
            level=row.level,
            recorded_at=row.recorded_at,
            key=(step, row.record_id),
        )
        for step, row in hits
    ]


@dataclass(frozen=True)
class _Stated:
    title: str = ""
    text: str = ""


def _passage(step: int, row: Any, stated: _Stated, looked_for: Sequence[Term]) -> tuple[Piece, ...]:
    if step == 0:
        return () if row.record_id == row.home_id else excerpt(stated.title, looked_for)
    return () if row.level.rank >= Level.RESTRICTED.rank else excerpt(stated.text, looked_for)


def _words_of(session: Session, wanted: Mapping[str, set[UUID]]) -> dict[UUID, _Stated]:
    """Return title and texts of records as they are stated, in one query whatever their kinds."""
    models = [model for model in searched_models() if model.__tablename__ in wanted]
    if not models:
        return {}
    width = max(len(_shown(model)) for model in models)
    parts = []
    for place, model in enumerate(models):
        columns: list[Any] = [type_coerce(getattr(model, name), Text) for name in _shown(model)]
        columns += [null()] * (width - len(columns))
        named = [value.label(f"c{number}") for number, value in enumerate(columns)]
        ids = wanted[model.__tablename__]
        parts.append(select(literal(place).label("place"), model.id, *named).where(model.id.in_(ids)))
    found = {}
    for place, row_id, *values in session.execute(union_all(*parts)):
        found[row_id] = _stated(session, models[place], values)
    return found


def _shown(model: type[Record]) -> tuple[str, ...]:
    searched = searched_of(model)
    return (*searched.title, *searched.texts)


def _stated(session: Session, model: type[Record], values: Sequence[Any]) -> _Stated:
    searched, dialect = searched_of(model), session.get_bind().dialect
    read = []
    for name, value in zip(_shown(model), values, strict=False):
        processor = model.__table__.c[name].type.result_processor(dialect, None)
        read.append(plain(processor(value) if processor else value))
    titles = read[: len(searched.title)]
    # Two forms of one name are one title: "Полк · Regiment".
    return _Stated(
        " · ".join(dict.fromkeys(filter(None, titles))), "\n".join(filter(None, read[len(titles) :]))
    )
