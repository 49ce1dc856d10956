"""The door for people: what the rooms offer, in a browser (docs/explanation/web-face.md)."""

from flask import Flask
from flask_wtf import CSRFProtect

from evidence_tracker.web import (
    account,
    assets,
    custody,
    door,
    errors,
    figure_page,
    finding,
    formats,
    frame,
    headers,
    health,
    languages,
    logs,
    media,
    notice_pages,
    pages,
    session,
    sign_in,
    start,
    unlock,
    work_pages,
)
from evidence_tracker.web.house import House
from evidence_tracker.web.kinds import Scope
from evidence_tracker.web.rooms import (
    agreements,
    allegations,
    captures,
    companies,
    consent_pages,
    evidence,
    incidents,
    instructions,
    interviews,
    missions,
    parties,
    people,
    remnants,
    submissions,
    suspects,
    tasks,
    team,
    units,
)
from evidence_tracker.web.works import Works

MAX_FORM_BYTES = 4 << 20
ROOMS = (
    missions.ROOM,
    submissions.ROOM,
    team.TEAM,
    team.COMPARTMENTS,
    tasks.ROOM,
    parties.ROOM,
    agreements.ROOM,
    instructions.ROOM,
    units.ROOM,
    suspects.ROOM,
    companies.ROOM,
    evidence.ROOM,
    remnants.ROOM,
    incidents.ROOM,
    allegations.ROOM,
    people.ROOM,
    interviews.ROOM,
    captures.ROOM,
)


def create_app(house: House) -> Flask:
    """Return the application that serves one installation, locked or open."""
    app = logs.Application(__name__)
    app.config["MAX_FORM_MEMORY_SIZE"] = MAX_FORM_BYTES
    app.extensions[door.HOUSE] = house
    app.extensions[door.WORKS] = Works()
    app.extensions[frame.NEW] = _beginnings()
    languages.install(app)
    logs.install(app)
    session.install(app)
    unlock.guard(app)
    sign_in.guard(app)
    CSRFProtect(app)
    sign_in.install(app)
    for part in (headers, assets, errors, formats, frame):
        part.install(app)
    for made in (
        health,
        unlock,
        account,
        start,
        work_pages,
        custody,
        finding,
        media,
        notice_pages,
        consent_pages,
        figure_page,
    ):
        app.register_blueprint(made.blueprint())
    for room in ROOMS:
        app.register_blueprint(pages.blueprint(room))
    return app


def _beginnings() -> list[frame.Beginning]:
    """Return what can be begun from every page: the first thing that each room makes, in the order of the ways."""
    ways = [way.endpoint.split(".")[0] for way in frame.WAYS]
    within = {room.name: room.within[0] if room.within else room.name for room in ROOMS}
    rooms = sorted(
        ROOMS, key=lambda room: ways.index(within[room.name]) if within[room.name] in ways else len(ways)
    )
    return [
        frame.Beginning(made[0].label, f"{room.name}.new", made[0].name, made[0].permission)
        for room in rooms
        if (made := [one for one in room.actions if one.scope is Scope.LIST])
    ]
