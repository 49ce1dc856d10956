"""The door for people: what the rooms offer, in a browser (docs/explanation/web-face.md)."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from evidence_tracker.web import door, errors, formats, frame, headers, pages, start
from evidence_tracker.web.house import House
from evidence_tracker.web.rooms import missions

MAX_FORM_BYTES = 4 << 20
ROOMS = (missions.ROOM,)


def create_app(house: House) -> Flask:
    """Return the application that serves one installation, locked or open."""
    app = Flask(__name__)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES
    app.extensions[door.HOUSE] = house
    Babel(app)
    CSRFProtect(app)
    for part in (headers, errors, formats, frame):
        part.install(app)
    app.register_blueprint(start.blueprint())
    for room in ROOMS:
        app.register_blueprint(pages.blueprint(room))
    return app
