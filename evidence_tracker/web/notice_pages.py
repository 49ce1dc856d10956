"""Notices: what one was told, with the words made when they are read."""

from datetime import datetime
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import Notice, NoticeKind
from evidence_tracker.access.records import PAGE
from evidence_tracker.custody.events import Actor
from evidence_tracker.db import iso
from evidence_tracker.errors import InvalidInput
from evidence_tracker.web import door, frame
from evidence_tracker.web.addresses import address_of
from evidence_tracker.web.records import names_of

WORDS = {
    NoticeKind.APPROVAL_ASKED: _l("waits for your approval"),
    NoticeKind.APPROVED: _l("is approved"),
    NoticeKind.APPROVAL_VOIDED: _l("lost its approval"),
    NoticeKind.BUNDLE_WRITTEN: _l("has its bundle written"),
    NoticeKind.BUNDLE_RELEASED: _l("was released"),
    NoticeKind.WORK_DONE: _l("is done"),
    NoticeKind.WORK_FAILED: _l("could not be done"),
    NoticeKind.TASK_GIVEN: _l("is a task for you"),
    NoticeKind.TASK_ENDED: _l("is ended"),
    NoticeKind.EXCEPTION_ASKED: _l("asks for an exception"),
    NoticeKind.EXCEPTION_DECIDED: _l("has an answer to its exception"),
    NoticeKind.CONSENT_WITHDRAWN: _l("is touched by a consent that was withdrawn"),
}


def blueprint() -> Blueprint:
    """Return the list of one's notices."""
    made = Blueprint("notices", __name__)
    made.add_url_rule("/notices", "show", _show)
    made.add_url_rule("/notices/seen", "seen", _seen, methods=["POST"])
    return made


def _show() -> ResponseReturnValue:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        found = notices.page_notices(session, actor=actor, after=_after(), limit=PAGE + 1)
        rows = list(found)[:PAGE]
        last = rows[-1] if len(found) > PAGE else None
        more = url_for("notices.show", after=f"{iso(last.at)}~{last.id}") if last else None
        return render_template("notices.html", rows=told(session, rows, actor), more=more)


def told(session: Session, rows: list[Notice], actor: Actor) -> list[dict[str, object]]:
    """Return notices as a reader sees them, with the page each leads to."""
    del actor  # page_notices has left out what they may not see
    names = names_of(session, [row.told_by for row in rows])
    return [
        {
            "at": row.at,
            "reference": row.reference,
            "says": WORDS[row.kind],
            "by": names.get(row.told_by, "") if row.told_by else "",
            "url": address_of(row.subject_kind, row.reference),
            "is_new": row.seen_at is None,
        }
        for row in rows
    ]


def _seen() -> ResponseReturnValue:
    with door.acting() as (session, actor):
        notices.mark_seen(session, actor=actor)
    return redirect(url_for("notices.show"), 303)


def _after() -> tuple[datetime, UUID] | None:
    text = request.args.get("after", "")
    if not text:
        return None
    moment, _, row = text.partition("~")
    try:
        return datetime.fromisoformat(moment), UUID(row)
    except ValueError as error:
        raise InvalidInput(
            gettext("The address of this page is damaged."), advice=gettext("Begin at the top of the list.")
        ) from error
