"""The door for people: what the rooms offer, in a browser (docs/explanation/web-face.md)."""

from flask import Flask

from evidence_tracker.web import door, errors, headers
from evidence_tracker.web.house import House

MAX_FORM_BYTES = 4 << 20


def create_app(house: House) -> Flask:
    """Return the application that serves one installation, locked or open."""
    app = Flask(__name__)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES
    app.extensions[door.HOUSE] = house
    headers.install(app)
    errors.install(app)
    return app
