"""Whether this process answers: for whoever watches it, without a session and without details."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from evidence_tracker.web import door


def blueprint() -> Blueprint:
    """Return the page of health; 200 while the process answers, locked or open."""
    made = Blueprint("health", __name__)

    @made.get("/health")
    def show() -> ResponseReturnValue:
        return jsonify(status="open" if door.house().is_open else "locked")

    return made
