"""The door for people: what the rooms offer, in a browser (docs/explanation/web-face.md)."""

from flask import Flask
from flask_babel import Babel
from flask_wtf import CSRFProtect

from evidence_tracker.web import (
    account,
    custody,
    door,
    errors,
    formats,
    frame,
    headers,
    health,
    logs,
    pages,
    session,
    sign_in,
    start,
    unlock,
    work_pages,
)
from evidence_tracker.web.house import House
from evidence_tracker.web.rooms import missions, submissions, team
from evidence_tracker.web.works import Works

MAX_FORM_BYTES = 4 << 20
ROOMS = (missions.ROOM, submissions.ROOM, team.TEAM, team.COMPARTMENTS)


def create_app(house: House) -> Flask:
    """Return the application that serves one installation, locked or open."""
    app = logs.Application(__name__)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES
    app.extensions[door.HOUSE] = house
    app.extensions[door.WORKS] = Works()
    Babel(app)
    logs.install(app)
    session.install(app)
    unlock.guard(app)
    sign_in.guard(app)
    CSRFProtect(app)
    sign_in.install(app)
    for part in (headers, errors, formats, frame):
        part.install(app)
    for made in (health, unlock, account, start, work_pages, custody):
        app.register_blueprint(made.blueprint())
    for room in ROOMS:
        app.register_blueprint(pages.blueprint(room))
    return app
