"""The start page: what waits, what is overdue, what is unsafe. Also where one works, and what is new."""

from flask import Blueprint, redirect, render_template, request
from flask import session as browser
from flask.typing import ResponseReturnValue

from evidence_tracker.web import door, frame


def blueprint() -> Blueprint:
    """Return the start page and the choice of where one works."""
    made = Blueprint("start", __name__)

    @made.get("/")
    def show() -> ResponseReturnValue:
        with door.reading() as (session, actor):
            frame.prepare(session, actor)
            return render_template("start.html")

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
