"""In which order records are read, page after page, without reading what comes before.

A page begins after a record, which its address names by id alone: what the record says (a title, say)
stands in no address. Every order follows an index and ends with the id, so that no two records are equal.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import CTE, ColumnElement, Select, select
from sqlalchemy.orm import Session

from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.models import Record
from evidence_tracker.access.policy import aside, reach, within
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

AnyRecord = TypeVar("AnyRecord", bound=Record)
#: The order by the title as the search folds it: case, accents and the alphabet's spellings aside.
BY_TITLE = "title of the search"


@dataclass(frozen=True)
class Order:
    """An order of records: by one of their columns, or ``BY_TITLE``.

    ``is_rising``: the smallest first. Where nothing is stated, that is less than anything stated.
    """

    by: str = "recorded_at"
    is_rising: bool = False


NEWEST_FIRST = Order()


@dataclass(frozen=True)
class Start:
    """Where a page begins: in an order, after the record with this id, or at the top."""

    order: Order = NEWEST_FIRST
    after: UUID | None = None


#: Where a page begins: after the last row's (recorded_at, id), newest first; or in an order of its own.
After: TypeAlias = tuple[datetime, UUID] | Start


@dataclass(frozen=True)
class _Path:
    """The columns that an order follows; ``may_be_empty``: the first of them may say nothing."""

    value: Any
    id: Any
    is_rising: bool
    may_be_empty: bool

    @property
    def order(self) -> tuple[ColumnElement[Any], ColumnElement[Any]]:
        """Return what to order by."""
        if self.is_rising:
            return self.value.asc(), self.id.asc()
        return self.value.desc(), self.id.desc()

    def parts(self, last: tuple[Any, UUID] | None) -> Iterator[list[ColumnElement[bool]]]:
        """Yield the conditions of what comes after the last row: each part is one stretch of the index."""
        empty, stated = [self.value.is_(None)], [self.value.is_not(None)] if self.may_be_empty else []
        stretches = [empty, stated] if self.is_rising else [stated, empty]
        if not self.may_be_empty:
            stretches = [stated]
        if last is None:
            yield from stretches
            return
        value, row_id = last
        at = stretches.index(empty if value is None else stated)
        yield [*stretches[at], *self._behind(value, row_id)]
        yield from stretches[at + 1 :]

    def _behind(self, value: Any, row_id: UUID) -> list[ColumnElement[bool]]:
        next_id = self.id > row_id if self.is_rising else self.id < row_id
        if value is None:
            return [next_id]
        # The first condition says less than the second; it tells the index where to begin.
        if self.is_rising:
            return [self.value >= value, (self.value > value) | next_id]
        return [self.value <= value, (self.value < value) | next_id]


def read_page(
    session: Session,
    query: Select[AnyRecord],
    model: type[AnyRecord],
    *,
    actor: Actor,
    after: After | None,
    limit: int,
    reached: CTE | None = None,
) -> Sequence[AnyRecord]:
    """Return one page of a query's records, as far as they exist for this actor.

    ``reached`` is the actor's reach where the query asks for it too: one statement has it once.
    One question; another one for the record that a ``Start`` names, and one more where a page goes from
    what says something to what says nothing. Raises InvalidInput where that record is not there.
    """
    start = after if isinstance(after, Start) else Start()
    path = _path(model, start.order)
    # A filter, so that the rows come in the order of the index and the page is full after few of them.
    is_there = within(reach(session, actor) if reached is None else reached, model, is_filter=True)
    query = _joined(query, model, start.order).where(is_there).order_by(*path.order)
    last = after if isinstance(after, tuple) else _last(session, model, start, path, is_there)
    rows: list[AnyRecord] = []
    for conditions in path.parts(last):
        rows += session.scalars(query.where(*conditions).limit(limit - len(rows))).all()
        if len(rows) >= limit:
            break
    return rows


def _path(model: type[Record], order: Order) -> _Path:
    if order.by == BY_TITLE:
        return _Path(SearchEntry.title, SearchEntry.record_id, order.is_rising, may_be_empty=False)
    column = getattr(model, order.by)
    is_nullable = bool(model.__table__.c[order.by].nullable)
    return _Path(column, model.id, order.is_rising, is_nullable)


def _joined(query: Select[Any], model: type[Record], order: Order) -> Select[Any]:
    if order.by != BY_TITLE:
        return query
    # Set aside, so that the titles are gone through in their order, and not looked up for each record.
    entry_of = aside(SearchEntry.record_id) == model.id
    return query.join(SearchEntry, entry_of).where(SearchEntry.kind == model.__tablename__)


def _last(
    session: Session, model: type[Record], start: Start, path: _Path, is_there: ColumnElement[bool]
) -> tuple[Any, UUID] | None:
    """Return what the record that a page begins after says where the order looks."""
    if start.after is None:
        return None
    found = select(path.value).select_from(model).where(model.id == start.after, is_there)
    if start.order.by == BY_TITLE:
        found = found.join(SearchEntry, SearchEntry.record_id == model.id)
    row = session.execute(found).first()
    if row is None:
        raise InvalidInput(
            "The record after which this page begins is not here, or you may not see it any more.",
            advice="Begin at the top of the list.",
        )
    return row[0], start.after
