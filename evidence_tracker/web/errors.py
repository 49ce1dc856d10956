"""What goes wrong, as an answer: one table of statuses, and one page that says what to do next."""

from contextlib import suppress

from flask import Flask, g, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_login import current_user
from werkzeug.exceptions import HTTPException

from evidence_tracker import errors
from evidence_tracker.errors import EvidenceTrackerError
from evidence_tracker.web import door, frame
from evidence_tracker.web.sentences import told

#: The first class that fits gives the status.
STATUS: tuple[tuple[type[EvidenceTrackerError], int], ...] = (
    (errors.NotFound, 404),
    (errors.NotPermitted, 403),
    (errors.Conflict, 409),
    (errors.DuplicateReference, 409),
    (errors.TooLarge, 413),
    (errors.InvalidInput, 422),
    (errors.Refused, 422),
    (errors.Locked, 423),
    (errors.NotReady, 503),
    (errors.IntegrityFailure, 500),
    (errors.SystemRefused, 503),
    (EvidenceTrackerError, 500),
)

BROKEN = 500

#: What the library of HTTP says, in the words of this house.
_WORDS = {
    400: (_l("The request could not be read."), _l("Go back, reload the page and try again.")),
    401: (_l("You are not signed in."), _l("Sign in and try again.")),
    403: (_l("This is not allowed."), _l("Ask a security officer for a grant that names the purpose.")),
    404: (
        _l("There is no such page, or you may not see it."),
        _l("Check the address, or begin at the start page."),
    ),
    405: (_l("This page cannot be used in this way."), _l("Go back and use the buttons of the page.")),
    413: (_l("This is larger than what is accepted here."), _l("Take files in under Evidence.")),
    429: (_l("Too many tries."), _l("Wait a few minutes and try again.")),
}


def install(app: Flask) -> None:
    """Answer every error in sentences."""
    app.register_error_handler(EvidenceTrackerError, _ours)
    app.register_error_handler(HTTPException, _of_http)


def status_of(error: EvidenceTrackerError) -> int:
    """Return the status of one of our errors."""
    return next(status for kind, status in STATUS if isinstance(error, kind))


def wants_json() -> bool:
    """Say whether a script asks, that reads JSON."""
    return request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json"


def answer(message: str, advice: str, status: int) -> ResponseReturnValue:
    """Return the answer that says what happened and what to do next, in the language of the page."""
    message, advice = told(message), told(advice)
    if wants_json():
        return jsonify(error=message, advice=advice), status
    if status < BROKEN:
        _surround()
    return render_template("error.html", message=message, advice=advice, status=status), status


def _surround() -> None:
    """Read what stands around a page: one goes on from an error as from any other page."""
    if "frame" in g or not current_user or not current_user.is_authenticated:
        return
    with suppress(EvidenceTrackerError), door.reading() as (session, actor):
        frame.prepare(session, actor)


def _ours(error: EvidenceTrackerError) -> ResponseReturnValue:
    return answer(str(error), error.advice, status_of(error))


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    message, advice = _WORDS.get(error.code, (f"{error.name}.", _l("Go back and try again.")))
    return answer(str(message), str(advice), error.code)
