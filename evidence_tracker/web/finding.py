"""Searching everywhere, over what one may see and nothing else."""

from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from evidence_tracker.access.folding import MAX_ASKED
from evidence_tracker.access.records import PAGE
from evidence_tracker.access.search import find_record, search
from evidence_tracker.errors import InvalidInput, NotFound
from evidence_tracker.web import door, frame, lists, typed
from evidence_tracker.web.addresses import ROOMS, address_of

MOST_TYPED = MAX_ASKED


def blueprint() -> Blueprint:
    """Return the page of the search."""
    made = Blueprint("search", __name__)
    made.add_url_rule("/search", "show", _show)
    made.add_url_rule("/search", "ask", _ask, methods=["POST"])
    return made


def _ask() -> ResponseReturnValue:
    """Lead to an address that does not tell what was typed."""
    words = request.form.get("q", "").strip().lstrip(typed.MARK)
    if len(words) > MOST_TYPED:
        raise InvalidInput(
            gettext("That is too long to be searched for."), advice=gettext("A few words are enough.")
        )
    kind = request.form.get("kind") or None
    return redirect(url_for("search.show", q=typed.sealed(words) if words else None, kind=kind), 303)


def _show() -> ResponseReturnValue:
    asked = typed.read(request.args.get("q", "").strip())
    kind = request.args.get("kind", "")
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        # A reference leads straight to its record.
        try:
            record = find_record(session, asked, actor=actor) if asked else None
        except NotFound:
            record = None
        if record is not None and not kind:
            reference = getattr(record, "reference", None) or getattr(record, "code", None)
            if (target := address_of(record.__tablename__, reference)) is not None:
                return redirect(target, 303)
        found = search(
            session,
            asked,
            actor=actor,
            kinds=[kind] if kind in ROOMS else None,
            compartment_id=frame.scope_id(session, actor),
            after=_after(),
            limit=PAGE + 1,
        )
        page = found[:PAGE]
        door.note_reading(gettext("results of a search"), lists.highest(page))
        more = page[-1].key if len(found) > PAGE else None
        return render_template(
            "search.html",
            asked=asked,
            kind=kind,
            found=[(one, address_of(one.kind, one.reference)) for one in page],
            kinds=[name for name in ROOMS if f"{ROOMS[name]}.list_page" in frame.endpoints()],
            more=url_for(
                "search.show", q=typed.sealed(asked), kind=kind or None, after=f"{more[0]}~{more[1]}"
            )
            if more
            else None,
        )


def _after() -> tuple[int, UUID] | None:
    text = request.args.get("after", "")
    if not text:
        return None
    step, _, record = text.partition("~")
    try:
        return int(step), UUID(record)
    except ValueError as error:
        raise InvalidInput(
            gettext("The address of this page is damaged."), advice=gettext("Search again.")
        ) from error
