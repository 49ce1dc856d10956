"""The routes of a room, made from what it states."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext

from evidence_tracker.errors import NotFound
from evidence_tracker.web import forms, lists, printing, records
from evidence_tracker.web import marked as marks
from evidence_tracker.web.about import About
from evidence_tracker.web.kinds import Action, Room, Scope, Section
from evidence_tracker.web.listed import asked_for

METHODS = ("GET", "POST", "PUT")


def blueprint(room: Room) -> Blueprint:
    """Return the pages of a room: its list, its records, and a form for each of its actions."""
    made = Blueprint(room.name, __name__, url_prefix=f"/{room.name}")
    _reading_pages(made, room)
    _forms(made, room)
    if room.more_routes is not None:
        room.more_routes(made)
    return made


def _reading_pages(made: Blueprint, room: Room) -> None:
    @made.get("/")
    def list_page() -> ResponseReturnValue:
        return lists.show(room)

    if any(one.is_typed for one in room.listing.filters):

        @made.post("/")
        def filter_by() -> ResponseReturnValue:
            return redirect(asked_for(room, request.form).address(), 303)

    @made.get("/list.csv")
    def csv_page() -> ResponseReturnValue:
        return lists.as_csv(room)

    @made.post("/views")
    def save_view() -> ResponseReturnValue:
        return lists.save(room)

    @made.post("/views/<uuid:view_id>/forget")
    def forget_view(view_id: UUID) -> ResponseReturnValue:
        return lists.forget(room, view_id)

    if room.listing.bulk:

        @made.route("/marked/<action>", methods=["GET", "POST"])
        def marked(action: str) -> ResponseReturnValue:
            return marks.submit(room, action) if request.method == "POST" else marks.show(room, action)

    @made.get("/<reference>")
    def record_page(reference: str) -> ResponseReturnValue:
        return records.show(room, reference, records.OVERVIEW)

    @made.get("/<reference>/<tab>")
    def tab_page(reference: str, tab: str) -> ResponseReturnValue:
        return records.show(room, reference, tab)

    if not room.is_plain:

        @made.post("/<reference>/pdf")
        def pdf_page(reference: str) -> ResponseReturnValue:
            return printing.record_pdf(room, reference)


def _forms(made: Blueprint, room: Room) -> None:
    @made.route("/new/<action>", methods=METHODS)
    def new(action: str) -> ResponseReturnValue:
        return _answer(About(room, _action(room.actions, action, Scope.LIST)))

    @made.route("/<reference>/do/<action>", methods=METHODS)
    def act(reference: str, action: str) -> ResponseReturnValue:
        return _answer(About(room, _action(room.actions, action, Scope.ROW), reference))

    @made.route("/<reference>/in/<section>/<action>", methods=METHODS)
    def part(reference: str, section: str, action: str) -> ResponseReturnValue:
        here = _section(room, section)
        return _answer(About(room, _action(here.actions, action, Scope.SECTION), reference, here))

    @made.route("/<reference>/in/<section>/<uuid:item_id>/<action>", methods=METHODS)
    def item(reference: str, section: str, item_id: UUID, action: str) -> ResponseReturnValue:
        here = _section(room, section)
        return _answer(About(room, _action(here.item_actions, action, Scope.ITEM), reference, here, item_id))


def _answer(about: About) -> ResponseReturnValue:
    if request.method == "PUT":
        return forms.keep_draft(about)
    if request.method == "GET":
        return forms.show(about)
    return forms.throw_away(about) if "_throw_away" in request.form else forms.submit(about)


def _action(actions: Sequence[Action], name: str, scope: Scope) -> Action:
    for one in actions:
        if one.name == name and one.scope is scope:
            return one
    raise _missing()


def _section(room: Room, name: str) -> Section:
    for one in room.sections:
        if one.name == name:
            return one
    raise _missing()


def _missing() -> NotFound:
    return NotFound(
        gettext("There is no such page, or you may not see it."),
        advice=gettext("Check the address, or begin at the start page."),
    )
