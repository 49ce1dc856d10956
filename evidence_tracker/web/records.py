"""A record: header, facts on the left, relations on the right, its custody and its history."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext
from flask_babel import lazy_gettext as _l
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment
from evidence_tracker.access.policy import Permission
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound
from evidence_tracker.web import door, events, frame
from evidence_tracker.web.kinds import Action, Room, Scope, Section, Tab
from evidence_tracker.web.lists import highest

OVERVIEW, CUSTODY, HISTORY = "overview", "custody", "history"


@dataclass(frozen=True)
class Shown:
    """A section with its rows and what may be done about them."""

    section: Section
    rows: Sequence[Any]
    actions: list[Action]
    item_actions: list[Action]
    is_cut: bool = False


def show(room: Room, reference: str, tab: str) -> ResponseReturnValue:
    """Answer one tab of a record."""
    with door.reading() as (session, actor):
        frame.prepare(session, actor)
        row = room.find(session, reference, actor=actor)
        tabs = [one for one in tabs_of(room) if one.when(row) and _may_open(room, one, row, session, actor)]
        chosen = next((one for one in tabs if one.name == tab), None)
        if chosen is None:
            raise NotFound(gettext("There is no such page of this record."))
        sections = sections_for(room, row, tab, session, actor)
        more = chosen.data(session, row, actor) if chosen.data else {}
        noted = [row, *more.pop("noted", ())]
        door.note_reading(f"{room.one} {room.reference(row)}", _highest(noted, sections))
        context = {
            "room": room,
            "row": row,
            "reference": room.reference(row),
            "tabs": tabs,
            "tab": tab,
            "home": session.get(Compartment, row.compartment_id),
            "names": names_of(session, [row.owner_id, row.recorded_by])
            if tab == OVERVIEW and not room.is_plain
            else {},
            "actions": [
                one for one in allowed(room.actions, row, Scope.ROW, session, actor) if one.when(row)
            ],
            "sections": sections,
            "more": more,
            "shown": {name: make(session, row, actor) for name, make in room.show.items()}
            if tab == OVERVIEW
            else {},
            **(
                events.told(session, row, room.model, actor, newest_first=tab == CUSTODY)
                if tab in {CUSTODY, HISTORY}
                else {}
            ),
        }
        return render_template(chosen.template or "kinds/record.html", **context)


def _highest(noted: Sequence[Any], sections: Iterable[Shown]) -> Level:
    """Return the highest level that a page shows: a restricted link makes it a restricted page."""
    parts = [part for shown in sections for part in shown.rows]
    ends = [
        end for part in parts for end in (part, getattr(part, "item", None), getattr(part, "other", None))
    ]
    return highest([*noted, *ends])


def tabs_of(room: Room) -> list[Tab]:
    """Return the tabs of a record: its overview, those of the room, custody and history."""
    return [
        Tab(name=OVERVIEW, title=_l("Overview"), template=room.template, data=room.data),
        *room.tabs,
        Tab(name=CUSTODY, title=_l("Custody")),
        Tab(name=HISTORY, title=_l("History")),
    ]


def allowed(
    actions: Iterable[Action], row: Any, scope: Scope, session: Session, actor: Actor
) -> list[Action]:
    """Return the actions of a scope that this person's grants allow; what they may not is absent."""
    rights = frame.held(session, actor)
    return [
        one
        for one in actions
        if one.scope is scope
        and (one.permission is None or rights.may(one.permission, row.compartment_id, row.level))
    ]


def sections_for(room: Room, row: Any, tab: str, session: Session, actor: Actor) -> list[Shown]:
    """Return the sections of a tab with their rows."""
    found = []
    for one in room.sections:
        if one.tab != tab or not one.when(row):
            continue
        rows = one.rows(session, row, actor)
        found.append(
            Shown(
                one,
                rows[: one.most],
                [act for act in allowed(one.actions, row, Scope.SECTION, session, actor) if act.when(row)],
                allowed(one.item_actions, row, Scope.ITEM, session, actor),
                is_cut=one.most is not None and len(rows) > one.most,
            )
        )
    return found


def names_of(session: Session, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    """Return the names of accounts, as everybody who works here knows their colleagues."""
    wanted = {one for one in ids if one is not None}
    query = select(Account.id, Account.display_name).where(Account.id.in_(wanted))
    return {row.id: row.display_name for row in session.execute(query)} if wanted else {}


def address(room: Room, row: Any, tab: str = OVERVIEW) -> str:
    """Return the address of a record."""
    reference = room.reference(row)
    if tab == OVERVIEW:
        return url_for(f"{room.name}.record_page", reference=reference)
    return url_for(f"{room.name}.tab_page", reference=reference, tab=tab)


def _may_open(room: Room, tab: Tab, row: Any, session: Session, actor: Actor) -> bool:
    is_log = tab.name in {CUSTODY, HISTORY}
    needs = Permission.AUDIT if room.is_plain and is_log else tab.permission or room.needs
    if needs is None:
        return True
    return frame.held(session, actor).may(needs, row.compartment_id, row.level)
