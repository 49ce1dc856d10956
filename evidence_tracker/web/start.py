"""The start page: what waits, what is overdue, what is unsafe. Also where one works, and what is new."""

from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask import session as browser
from flask.typing import ResponseReturnValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.indexing import SearchEntry
from evidence_tracker.access.models import Draft
from evidence_tracker.access.policy import visible
from evidence_tracker.custody.events import Actor
from evidence_tracker.web import door, events, frame
from evidence_tracker.web.addresses import address_of, list_of
from evidence_tracker.web.rooms.evidence_in import KIND_OF_DRAFT as TICKETS
from evidence_tracker.web.worklist import Section, worklist


def blueprint() -> Blueprint:
    """Return the start page and the choice of where one works."""
    made = Blueprint("start", __name__)

    @made.get("/")
    def show() -> ResponseReturnValue:
        with door.reading() as (session, actor):
            frame.prepare(session, actor)
            groups = worklist(session, actor, held=frame.held(session, actor))
            return render_template(
                "start.html",
                parts=[(part, [one for one in groups if one.section is part]) for part in Section],
                address_of=address_of,
                list_of=list_of,
                recent=events.recent(session, actor),
                drafts=_unsaved(session, actor),
                today=door.instance().clock.now().date(),
            )

    @made.post("/scope")
    def choose_scope() -> ResponseReturnValue:
        with door.reading() as (session, actor):
            known = {one.reference for one in frame.compartments(session, actor)}
        wanted = request.form.get("scope", "")
        if wanted in known:
            browser["scope"] = wanted
        else:
            browser.pop("scope", None)
        back = request.form.get("back", "/")
        is_ours = back.startswith("/") and not back.startswith(("//", "/\\"))
        return redirect(back if is_ours else "/", 303)

    return made


def _unsaved(session: Session, actor: Actor) -> list[dict[str, Any]]:
    """Return the forms that were begun and not saved, each with the address at which one goes on."""
    # Taking in files makes a draft of its own as soon as its page is opened; it is no form of an action.
    mine = [one for one in drafts.of_mine(session, actor=actor) if one.kind != TICKETS]
    query = select(SearchEntry.record_id, SearchEntry.reference).where(
        SearchEntry.record_id.in_([one.subject_id for one in mine]), visible(session, actor, SearchEntry)
    )
    references = {row.record_id: row.reference for row in session.execute(query)} if mine else {}
    return [_begun(one, references.get(one.subject_id)) for one in mine]


def _begun(draft: Draft, reference: str | None) -> dict[str, Any]:
    room, section, action = (*draft.kind.split("/"), "", "")[:3]
    names: dict[str, Any] = {"action": action}
    if reference is not None:
        names["reference"] = reference
    if section:
        names["section"] = section
    endpoint = f"{room}.{'part' if section else 'act' if reference else 'new'}"
    is_there = endpoint in frame.endpoints() and (reference is not None or not section)
    return {
        "room": room,
        "action": action,
        "reference": reference,
        "at": draft.updated_at,
        "url": url_for(endpoint, **names) if is_there else None,
    }
