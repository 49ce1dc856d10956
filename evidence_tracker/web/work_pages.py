"""The pages of long work: how far it is, and what became of it."""

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from evidence_tracker.web import door, frame
from evidence_tracker.web.works import WorkState


def blueprint() -> Blueprint:
    """Return the page of one piece of work, and the list of one's own."""
    made = Blueprint("works", __name__, url_prefix="/works")

    @made.get("/")
    def list_page() -> ResponseReturnValue:
        with door.reading() as (session, actor):
            mine = door.works().of(actor)
            door.works().look_at(mine)
            frame.prepare(session, actor)
            return render_template("works.html", works=mine)

    @made.get("/<uuid:work_id>")
    def show(work_id: UUID) -> ResponseReturnValue:
        with door.reading() as (session, actor):
            work = door.works().find(work_id, actor)
            door.works().look_at([work])
            frame.prepare(session, actor)
            if work.state is WorkState.DONE and not request.headers.get("HX-Request"):
                flash(gettext("%(kind)s: done.", kind=work.kind), "done")
                return redirect(work.back, 303)
            part = "work_part.html" if request.headers.get("HX-Request") else "work.html"
            return render_template(part, work=work)

    return made
