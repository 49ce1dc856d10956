"""The list of a room: one paged question, filters that read as a sentence, never an offset."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import PAGE
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import as_json, iso
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import door, frame
from evidence_tracker.web.kinds import Filter, Room, Scope, View
from evidence_tracker.web.words import said

MOST_IN_CSV = 10_000
#: A spreadsheet would take what begins like this for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True)
class Chosen:
    """One filter with what was chosen."""

    filter: Filter
    value: str
    words: str

    @property
    def said(self) -> str:
        """Return its part of the sentence."""
        if self.filter.says:
            return str(self.filter.says) % {"words": self.words}
        return f"{self.filter.label}: {self.words}"


def show(room: Room) -> ResponseReturnValue:
    """Answer one page of a list; for htmx the rows alone."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        view = _view(room)
        rows, after = _page(room, session, actor, PAGE, view)
        extra = room.listing.prepare(session, rows, actor) if room.listing.prepare else None
        context = {
            "room": room,
            "view": view,
            "views": _views(room),
            "rows": rows,
            "extra": extra,
            "more": _address(room, after=after) if after else None,
            "chosen": _chosen(room, session, actor),
            "choices": {one.name: _choices(one, session, actor) for one in room.listing.filters},
            "new": [one for one in room.actions if one.scope is Scope.LIST and _may(one, session, actor)],
        }
        door.note_reading(gettext("list of %(what)s", what=room.many), highest(rows))
        part = "kinds/rows.html" if view is None else view.rows
        template = part if request.headers.get("HX-Request") else room.listing.template
        return render_template(template, **context)


def as_csv(room: Room) -> ResponseReturnValue:
    """Answer the whole list as CSV, safe against formulas."""
    with door.reading() as (session, actor):
        rows, _ = _page(room, session, actor, MOST_IN_CSV)
        if room.listing.prepare is not None:
            room.listing.prepare(session, rows, actor)
        door.note_reading(gettext("list of %(what)s", what=room.many), highest(rows))
        text = "".join(_lines(room, rows))
    headers = {"Content-Disposition": f"attachment; filename={room.name}.csv"}
    return Response("\ufeff" + text, mimetype="text/csv", headers=headers)


def highest(rows: Sequence[Any]) -> Level:
    """Return the highest level among rows, PUBLIC where there are none."""
    levels = [row.level for row in rows if hasattr(row, "level")]
    return max(levels, key=lambda level: level.rank, default=Level.PUBLIC)


def _may(action: Any, session: Session, actor: Actor) -> bool:
    return action.permission is None or frame.held(session, actor).anywhere(action.permission)


def _view(room: Room) -> View | None:
    """Return the view that was asked for, None for the table."""
    asked = request.args.get("view", "")
    return next((one for one in room.listing.views if one.name == asked), None)


def _views(room: Room) -> list[tuple[View | None, str]]:
    """Return the views of a list with their addresses, the table first; none where there is no other."""
    if not room.listing.views:
        return []
    asked: dict[str, Any] = {one.name: text for one, text in _asked(room)}
    endpoint = f"{room.name}.list_page"
    others = [(one, url_for(endpoint, **asked, view=one.name)) for one in room.listing.views]
    return [(None, url_for(endpoint, **asked)), *others]


def _page(
    room: Room, session: Session, actor: Actor, limit: int, view: View | None = None
) -> tuple[Sequence[Any], tuple[datetime, UUID] | None]:
    by = {one.name: _read(one, text) for one, text in _asked(room)}
    question = room.listing.page if view is None or view.page is None else view.page
    found = question(
        session, actor=actor, after=_after(), limit=limit + 1, **_scoped(room, session, actor), **by
    )
    rows = list(found)[:limit]
    if len(found) <= limit:
        return rows, None
    return rows, view.key(rows[-1]) if view is not None and view.key else (rows[-1].recorded_at, rows[-1].id)


def _scoped(room: Room, session: Session, actor: Actor) -> dict[str, Any]:
    """Return the compartment that is being worked in, for a question that knows compartments."""
    here = frame.scope_id(session, actor) if room.listing.is_scoped else None
    return {"compartment_id": here} if here else {}


def _asked(room: Room) -> Iterator[tuple[Filter, str]]:
    for one in room.listing.filters:
        text = request.args.get(one.name, "").strip()
        if text:
            yield one, text


def _read(one: Filter, text: str) -> Any:
    try:
        return one.read(text)
    except (ValueError, LookupError) as error:
        raise InvalidInput(
            gettext("%(what)s: there is no %(text)s among the choices.", what=one.label, text=text),
            advice=gettext("Take this filter away, or choose another."),
        ) from error


def _after() -> tuple[datetime, UUID] | None:
    text = request.args.get("after", "")
    if not text:
        return None
    moment, _, row = text.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(row)
    except ValueError as error:
        raise InvalidInput(
            "The address of this page is damaged.", advice="Begin at the top of the list."
        ) from error


def _address(room: Room, after: tuple[datetime, UUID] | None = None) -> str:
    asked: dict[str, Any] = {one.name: text for one, text in _asked(room)}
    if (view := _view(room)) is not None:
        asked["view"] = view.name
    if after is not None:
        asked["after"] = f"{iso(after[0])}~{after[1]}"
    return url_for(f"{room.name}.list_page", **asked)


def _chosen(room: Room, session: Session, actor: Actor) -> list[Chosen]:
    found = []
    for one, text in _asked(room):
        words = {str(value): shown for value, shown in _choices(one, session, actor)}
        found.append(Chosen(one, text, str(words.get(text, text))))
    return found


def _choices(one: Filter, session: Session, actor: Actor) -> Sequence[tuple[str, Any]]:
    if one.enum is not None:
        return [(member.value, said(member)) for member in one.enum]
    return one.choices(session, actor) if one.choices is not None else ()


def _lines(room: Room, rows: Sequence[Any]) -> Iterator[str]:
    names = [gettext("Reference"), *(str(column.label) for column in room.listing.columns), gettext("Level")]
    yield _line(names)
    for row in rows:
        cells = [room.reference(row), *(column.cell(row) for column in room.listing.columns), row.level]
        yield _line([_flat(cell) for cell in cells])


def _line(cells: Sequence[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return out.getvalue()


def _flat(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(_flat(item) for item in value)
    if isinstance(value, Markup):
        return " ".join(value.striptags().split())
    if isinstance(value, Mapping):
        return str(value)
    return str(value) if not hasattr(value, "isoformat") else str(as_json(value))
