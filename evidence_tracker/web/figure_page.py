"""The page of figures: numbers of what one may see, each with the sentence that says what was counted."""

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from evidence_tracker.web import door, frame
from evidence_tracker.web.figures import FEWEST_TOLD, figures


def blueprint() -> Blueprint:
    """Return the page."""
    made = Blueprint("figures", __name__)
    made.add_url_rule("/figures", "show", _show)
    return made


def _show() -> ResponseReturnValue:
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        found = figures(session, actor, held=frame.held(session, actor))
        return render_template("figures.html", figures=found, fewest=FEWEST_TOLD)
