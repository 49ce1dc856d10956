"""What the address of a list says: filters, order, columns, view; and the addresses that say it otherwise.

A name that the list does not know is refused in a sentence, never passed over: whoever follows an old
address would take what they see for what they asked.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeAlias, TypeVar
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from flask import url_for
from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from evidence_tracker.access.orders import After, Start
from evidence_tracker.db import iso
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import typed
from evidence_tracker.web.kinds import Column, Filter, Room, Sort, View

AnyNamed = TypeVar("AnyNamed", Sort, View, Column)
#: What an address says: names, each with one or more texts.
Args: TypeAlias = "MultiDict[str, str]"
SORT, COLUMNS, VIEW, AFTER = "sort", "columns", "view", "after"


@dataclass(frozen=True)
class Listed:
    """A list as it was asked for. ``columns`` None: those that the room shows by itself."""

    room: Room
    filters: tuple[tuple[Filter, str], ...] = ()
    sort: Sort | None = None
    columns: tuple[Column, ...] | None = None
    view: View | None = None

    @property
    def is_plain(self) -> bool:
        """Say whether nothing was chosen."""
        return not self.names()

    @property
    def own_sort(self) -> Sort | None:
        """Return the order that the list has by itself, None where it offers none."""
        return next(iter(self.room.listing.sorts), None)

    @property
    def sorts(self) -> Sequence[Sort]:
        """Return the orders that can be chosen here: none in a view with an order of its own."""
        if self.view is not None and self.view.page is not None:
            return ()
        return self.room.listing.sorts if len(self.room.listing.sorts) > 1 else ()

    @property
    def shown(self) -> Sequence[Column]:
        """Return the columns that are shown, in the order of the room."""
        if self.columns is not None:
            return self.columns
        return [one for one in self.room.listing.columns if not one.is_extra]

    def names(self) -> dict[str, str]:
        """Return what was chosen, by its names in an address."""
        said = {one.name: typed.sealed(text) if one.is_typed else text for one, text in self.filters}
        if self.sort is not None and self.sort != self.own_sort:
            said[SORT] = self.sort.name
        if self.columns is not None:
            said[COLUMNS] = ",".join(one.name for one in self.columns)
        if self.view is not None:
            said[VIEW] = self.view.name
        return said

    def query(self) -> str:
        """Return what was chosen as the query of an address; equal choices are equal text."""
        return urlencode(self.names(), safe=",")

    def address(self, after: str | None = None) -> str:
        """Return the address of this list, or of the page of it that begins after a row."""
        return self._url("list_page", self.names() | ({AFTER: after} if after else {}))

    def csv(self) -> str:
        """Return the address of the same list as CSV."""
        return self._url("csv_page", {name: text for name, text in self.names().items() if name != VIEW})

    def sorted_by(self, sort: Sort) -> str:
        """Return the address of the same list in another order."""
        return replace(self, sort=sort).address()

    def seen_as(self, view: View | None) -> str:
        """Return the address of the same list in another view."""
        sort = self.sort if view is None or view.page is None else None
        return replace(self, view=view, sort=sort).address()

    def without(self, name: str) -> str:
        """Return the address of this list without one of its filters, or without its columns."""
        rest = tuple((one, text) for one, text in self.filters if one.name != name)
        columns = None if name == COLUMNS else self.columns
        return replace(self, filters=rest, columns=columns).address()

    def _url(self, page: str, said: Mapping[str, str]) -> str:
        values: dict[str, Any] = dict(said)
        return url_for(f"{self.room.name}.{page}", **values)

    def but(self, *names: str) -> list[tuple[str, str]]:
        """Return what was chosen without some names: the hidden fields of a form that chooses these."""
        return [(name, text) for name, text in self.names().items() if name not in names]

    def head(self, column: Column) -> Sort | None:
        """Return the order to which the head of a column leads: the other one of its two."""
        mine = [one for one in self.sorts if one.column == column.name]
        return next((one for one in mine if one != self.sort), None)

    def direction(self, column: Column) -> str | None:
        """Return how the list is ordered by a column, as ``aria-sort`` says it; None: it is not."""
        if self.sort is None or self.sort.order is None or self.sort.column != column.name:
            return None
        return "ascending" if self.sort.order.is_rising else "descending"

    def start(self, after: str) -> After | None:
        """Return where the page begins that an address names; raises InvalidInput."""
        if self.sort is None or self.sort == self.own_sort or not self.sorts:
            return _key(after) if after else None
        order = self.sort.order
        if order is None:
            return None
        return Start(order, _id(after) if after else None)

    def key(self, row: Any) -> str:
        """Return what names a row as the last one of a page."""
        if isinstance(self.start(""), Start):
            return str(row.id)
        own = self.view.key if self.view is not None else None
        moment, row_id = own(row) if own else (row.recorded_at, row.id)
        return f"{iso(moment)}~{row_id}"


def asked_for(room: Room, args: Args) -> Listed:
    """Return what an address asks of a list; raises InvalidInput, which names what is not known."""
    view = _view(room, args.get(VIEW, ""))
    has_own_order = view is not None and view.page is not None
    sort = _sort(room, args.get(SORT, ""))
    if has_own_order and args.get(SORT):
        raise InvalidInput(
            gettext("This view has an order of its own."), advice=gettext("Take the order away, or the view.")
        )
    found = ((one, _text(one, args)) for one in room.listing.filters)
    filters = tuple((one, text) for one, text in found if text)
    return Listed(room, filters, None if has_own_order else sort, _columns(room, args), view)


def _text(one: Filter, args: Args) -> str:
    text = args.get(one.name, "").strip()
    return typed.read(text) if one.is_typed else text


def read_filters(listed: Listed) -> dict[str, Any]:
    """Return the values of the filters, as the question takes them; raises InvalidInput."""
    return {one.name: _read(one, text) for one, text in listed.filters}


def _read(one: Filter, text: str) -> Any:
    try:
        return one.read(text)
    except (ValueError, LookupError) as error:
        raise InvalidInput(
            gettext("%(what)s: there is no %(text)s among the choices.", what=one.label, text=text),
            advice=gettext("Take this filter away, or choose another."),
        ) from error


def _sort(room: Room, name: str) -> Sort | None:
    sorts = room.listing.sorts
    if not name:
        return next(iter(sorts), None)
    return _named(sorts, name, gettext("There is no order called %(name)s here.", name=_short(name)))


def _view(room: Room, name: str) -> View | None:
    if not name:
        return None
    return _named(
        room.listing.views, name, gettext("There is no view called %(name)s here.", name=_short(name))
    )


def _columns(room: Room, args: Args) -> tuple[Column, ...] | None:
    """Return the chosen columns in the order of the room, None where those of the room are meant."""
    if COLUMNS not in args:
        return None
    names = {name for text in args.getlist(COLUMNS) for name in text.split(",") if name}
    known = room.listing.columns
    for name in sorted(names):
        _named(known, name, gettext("There is no column called %(name)s here.", name=_short(name)))
    chosen = tuple(one for one in known if one.name in names)
    return None if chosen == tuple(one for one in known if not one.is_extra) else chosen


def _named(among: Sequence[AnyNamed], name: str, sentence: str) -> AnyNamed:
    for one in among:
        if one.name == name:
            return one
    known = ", ".join(one.name for one in among) or gettext("none")
    raise InvalidInput(sentence, advice=gettext("There are: %(known)s.", known=known))


def _short(name: str) -> str:
    return name[:60]


def _key(after: str) -> tuple[datetime, UUID]:
    moment, _, row = after.partition("~")
    try:
        key = datetime.fromisoformat(moment), UUID(row)
    except ValueError as error:
        raise _damaged() from error
    if key[0].tzinfo is None:
        raise _damaged()
    return key


def _id(after: str) -> UUID:
    try:
        return UUID(after)
    except ValueError as error:
        raise _damaged() from error


def _damaged() -> InvalidInput:
    return InvalidInput(
        gettext("The address of this page is damaged."), advice=gettext("Begin at the top of the list.")
    )


def args_of(query: str) -> Args:
    """Return what a query says, as an address says it."""
    return MultiDict(parse_qsl(query))
