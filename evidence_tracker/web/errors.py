"""What goes wrong, as an answer: one table of statuses, and one page that says what to do next."""

from flask import Flask, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from evidence_tracker import errors
from evidence_tracker.errors import EvidenceTrackerError

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

#: What the library of HTTP says, in the words of this house.
_WORDS = {
    400: ("The request could not be read.", "Go back, reload the page and try again."),
    401: ("You are not signed in.", "Sign in and try again."),
    403: ("This is not allowed.", "Ask a security officer for a grant that names the purpose."),
    404: ("There is no such page, or you may not see it.", "Check the address, or begin at the start page."),
    405: ("This page cannot be used in this way.", "Go back and use the buttons of the page."),
    413: ("This is larger than what is accepted here.", "Take files in under Evidence."),
    429: ("Too many tries.", "Wait a few minutes and try again."),
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
    """Return the answer that says what happened and what to do next."""
    if wants_json():
        return jsonify(error=message, advice=advice), status
    return render_template("error.html", message=message, advice=advice, status=status), status


def _ours(error: EvidenceTrackerError) -> ResponseReturnValue:
    return answer(str(error), error.advice, status_of(error))


def _of_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    words = _WORDS.get(error.code, (f"{error.name}.", "Go back and try again."))
    return answer(*words, error.code)
