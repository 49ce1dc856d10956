"""The list of a room: one paged question, filters that read as a sentence, never an offset."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from markupsafe import Markup
from sqlalchemy.orm import Session

from evidence_tracker.access import saved_views
from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import PAGE
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import as_json
from evidence_tracker.errors import DuplicateReference, EvidenceTrackerError, InvalidInput
from evidence_tracker.web import door, errors, frame
from evidence_tracker.web.kinds import Bulk, Filter, Room, Scope
from evidence_tracker.web.listed import AFTER, COLUMNS, SORT, Listed, asked_for, read_filters
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
    listed = asked_for(room, request.args)
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        rows, after = _page(listed, session, actor, PAGE, request.args.get(AFTER, ""))
        extra = room.listing.prepare(session, rows, actor) if room.listing.prepare else None
        context = {
            "room": room,
            "listed": listed,
            "view": listed.view,
            "rows": rows,
            "extra": extra,
            "more": listed.address(after) if after else None,
            "bulk": bulk_for(room, session, actor),
        }
        if not request.headers.get("HX-Request"):
            context |= _around(listed, session, actor)
        door.note_reading(gettext("list of %(what)s", what=room.many), highest(rows))
        part = "kinds/rows.html" if listed.view is None else listed.view.rows
        template = part if request.headers.get("HX-Request") else room.listing.template
        return render_template(template, **context)


def _around(listed: Listed, session: Session, actor: Actor) -> dict[str, Any]:
    """Return what stands around the rows: what was chosen and can be, the views one keeps, what can be begun."""
    room = listed.room
    choices = {one.name: _choices(one, session, actor) for one in room.listing.filters}
    kept = saved_views.views_of(session, room.name, actor=actor)
    query = listed.query()
    return {
        "chosen": [_said(one, text, choices[one.name]) for one, text in listed.filters],
        "choices": choices,
        "kept": kept,
        "kept_here": next((one for one in kept if one.query == query), None),
        "new": [one for one in room.actions if one.scope is Scope.LIST and _may(one, session, actor)],
        "SORT": SORT,
        "COLUMNS": COLUMNS,
    }


def as_csv(room: Room) -> ResponseReturnValue:
    """Answer the whole list as CSV, in the order and with the columns that were chosen, safe against formulas."""
    listed = asked_for(room, request.args)
    with door.reading() as (session, actor):
        rows, after = _page(listed, session, actor, MOST_IN_CSV)
        if after is not None:
            raise InvalidInput(
                gettext("This list has more than %(most)s rows.", most=MOST_IN_CSV),
                advice=gettext("Filter it, and take one part after the other."),
            )
        if room.listing.prepare is not None:
            room.listing.prepare(session, rows, actor)
        door.note_reading(gettext("list of %(what)s", what=room.many), highest(rows))
        text = "".join(_lines(listed, rows))
    headers = {"Content-Disposition": f"attachment; filename={room.name}.csv"}
    return Response("\ufeff" + text, mimetype="text/csv", headers=headers)


def save(room: Room) -> ResponseReturnValue:
    """Keep what was chosen as a view of one's own; a name that is taken is asked about first."""
    listed = asked_for(room, request.form)
    name, is_replacing = request.form.get("name", ""), request.form.get("replace") == "yes"
    try:
        read_filters(listed)
        _refuse_plain(listed)
        with door.acting() as (session, actor):
            saved_views.save_view(
                session, room.name, name, listed.query(), actor=actor, is_replacing=is_replacing
            )
    except (InvalidInput, DuplicateReference) as error:
        return _ask_name(listed, name, error), errors.status_of(error)
    flash(gettext("Kept as a view of yours. Nobody else sees it."), "done")
    return redirect(listed.address(), 303)


def _refuse_plain(listed: Listed) -> None:
    if listed.is_plain:
        raise InvalidInput(
            gettext("Nothing is chosen, so there is nothing to keep."),
            advice=gettext("Choose filters, an order or columns first."),
        )


def _ask_name(listed: Listed, name: str, error: EvidenceTrackerError) -> str:
    """Answer the form of a view once more: with what was chosen, and what is wrong with its name."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        return render_template(
            "kinds/view_form.html",
            room=listed.room,
            listed=listed,
            name=name,
            error=error,
            is_taken=isinstance(error, DuplicateReference),
        )


def forget(room: Room, view_id: UUID) -> ResponseReturnValue:
    """Forget a view of one's own."""
    with door.acting() as (session, actor):
        called = saved_views.forget_view(session, room.name, view_id, actor=actor)
    flash(gettext("Forgotten: %(name)s.", name=called), "done")
    return redirect(url_for(f"{room.name}.list_page"), 303)


def highest(rows: Sequence[Any]) -> Level:
    """Return the highest level among rows, PUBLIC where there are none."""
    levels = [row.level for row in rows if hasattr(row, "level")]
    return max(levels, key=lambda level: level.rank, default=Level.PUBLIC)


def bulk_for(room: Room, session: Session, actor: Actor) -> list[Bulk]:
    """Return what this person may do somewhere with marked records of a room."""
    return [one for one in room.listing.bulk if _may(one, session, actor)]


def _may(action: Any, session: Session, actor: Actor) -> bool:
    return action.permission is None or frame.held(session, actor).anywhere(action.permission)


def _page(
    listed: Listed, session: Session, actor: Actor, limit: int, after: str = ""
) -> tuple[Sequence[Any], str | None]:
    room, view = listed.room, listed.view
    question = room.listing.page if view is None or view.page is None else view.page
    scoped = _scoped(room, session, actor)
    by = read_filters(listed)
    found = question(session, actor=actor, after=listed.start(after), limit=limit + 1, **scoped, **by)
    rows = list(found)[:limit]
    return rows, listed.key(rows[-1]) if len(found) > limit else None


def _scoped(room: Room, session: Session, actor: Actor) -> dict[str, Any]:
    """Return the compartment that is being worked in, for a question that knows compartments."""
    here = frame.scope_id(session, actor) if room.listing.is_scoped else None
    return {"compartment_id": here} if here else {}


def _said(one: Filter, text: str, choices: Sequence[tuple[str, Any]]) -> Chosen:
    words = {str(value): shown for value, shown in choices}
    return Chosen(one, text, str(words.get(text, text)))


def _choices(one: Filter, session: Session, actor: Actor) -> Sequence[tuple[str, Any]]:
    if one.enum is not None:
        return [(member.value, said(member)) for member in one.enum]
    return one.choices(session, actor) if one.choices is not None else ()


def _lines(listed: Listed, rows: Sequence[Any]) -> Iterator[str]:
    names = [gettext("Reference"), *(str(column.label) for column in listed.shown), gettext("Level")]
    yield _line(names)
    for row in rows:
        cells = [listed.room.reference(row), *(column.cell(row) for column in listed.shown), row.level]
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
