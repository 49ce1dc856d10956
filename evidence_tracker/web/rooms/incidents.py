"""Incidents: what is said to have happened, to whom, by whom, and what shows it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import url_for
from flask_babel import lazy_gettext as _l
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, Governance
from evidence_tracker.access.stated import GOVERNED
from evidence_tracker.casework.allegations import alleging
from evidence_tracker.casework.incidents import queries, recording
from evidence_tracker.casework.incidents.models import Incident, IncidentKind, TargetStatus
from evidence_tracker.casework.incidents.queries import Sieve
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.queries import find_mission, page_missions
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.moment import Moment
from evidence_tracker.web.fields import governance
from evidence_tracker.web.forms import amender
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Deed,
    Filter,
    Listing,
    Room,
    Scope,
    Tab,
    View,
    entered,
    titled,
)
from evidence_tracker.web.rooms import asked, coverage, incident_parts, spans
from evidence_tracker.web.rooms.categories import CATEGORY
from evidence_tracker.web.rooms.incident_facts import ATTACK, FACTS, HAPPENED, mission_field


def _sieve(session: Session, actor: Actor, mission: str | None = None, **chosen: Any) -> Sieve:
    mission_id = find_mission(session, mission, actor=actor).id if mission else None
    return Sieve(mission_id=mission_id, **chosen)


def _page(
    session: Session, *, actor: Actor, after: After | None = None, limit: int = PAGE, **chosen: Any
) -> Sequence[Incident]:
    sieve = _sieve(session, actor, **chosen)
    return queries.list_incidents(session, actor=actor, sieve=sieve, after=after, limit=limit)


def _page_by_time(
    session: Session,
    *,
    actor: Actor,
    after: tuple[datetime, UUID] | None = None,
    limit: int = PAGE,
    **chosen: Any,
) -> Sequence[Incident]:
    sieve = _sieve(session, actor, **chosen)
    return queries.list_by_time(session, actor=actor, sieve=sieve, after=after, limit=limit)


def _since(text: str) -> datetime:
    return Moment.parse(text).bounds()[0]


def _until(text: str) -> datetime:
    return Moment.parse(text).bounds()[1]


def _missions(session: Session, actor: Actor) -> list[tuple[str, Any]]:
    rows = page_missions(session, actor=actor, limit=asked.MOST)
    return [(row.reference, f"{row.reference} · {row.title}") for row in rows]


def _mission(session: Session, row: Incident, actor: Actor) -> Markup | None:
    here = (Mission.id == row.mission_id, visible(session, actor, Mission))
    reference = session.scalar(select(Mission.reference).where(*here)) if row.mission_id else None
    if reference is None:
        return None
    url, text = asked.way("missions", reference), Markup('<span class="ref">{}</span>').format(reference)
    return Markup('<a href="{}">{}</a>').format(url, text) if url else text


def _narrative(_session: Session, row: Incident, _actor: Actor) -> Markup:
    return Markup('<div class="words">{}</div>').format(row.narrative)


def _record(deed: Deed) -> Incident:
    mission = deed.took("mission") or asked.mission_of(deed)
    named = {name: value for name in GOVERNED if (value := deed.took(name)) is not None}
    base = Governance.of(mission) if mission is not None else Governance()
    return recording.record_incident(
        deed.session,
        deed.stated,
        actor=deed.actor,
        mission=mission,
        compartment_id=deed.compartment_id,
        governance=replace(base, **named),
    )


def _allege(deed: Deed) -> Any:
    return alleging.allege(
        deed.session,
        deed.row,
        deed.stated["category"],
        rationale=deed.stated["rationale"],
        ihl_basis=deed.stated["ihl_basis"] or (),
        actor=deed.actor,
    )


ROOM = Room(
    name="incidents",
    icon="map-pin",
    one=_l("incident"),
    many=_l("Incidents"),
    intro=_l("What is said to have happened: facts, no law."),
    model=Incident,
    find=queries.find_incident,
    listing=Listing(
        page=_page,
        is_scoped=True,
        prepare=spans.bars,
        sorts=(*entered(), *titled()),
        columns=(
            Column(name="title", label=_l("Title"), cell=lambda row: row.title),
            Column(name="kind", label=_l("What sort of thing"), cell=lambda row: row.kind),
            Column(name="when", label=_l("When"), cell=lambda row: row.happened),
            Column(name="where", label=_l("Where"), cell=lambda row: row.place, is_narrow=True),
        ),
        filters=(
            Filter(name="kind", label=_l("What sort of thing"), enum=IncidentKind, read=IncidentKind),
            Filter(name="place", label=_l("Place")),
            Filter(name="country", label=_l("Country"), read=str.upper),
            Filter(name="since", label=_l("Happened since"), read=_since),
            Filter(name="until", label=_l("Happened until"), read=_until),
            Filter(name="mission", label=_l("Mission"), choices=_missions),
            Filter(name="target_status", label=_l("Target"), enum=TargetStatus, read=TargetStatus),
        ),
        views=(
            View(
                name="timeline",
                label=_l("Timeline"),
                icon="history",
                rows="rooms/incident_times.html",
                page=_page_by_time,
                key=lambda row: (row.earliest_at, row.id),
            ),
        ),
        empty=_l("No incident yet. One record holds what is said to have happened at one place and time."),
    ),
    facts=FACTS,
    status=lambda _row: None,
    show={"mission": _mission, "narrative": _narrative},
    tabs=(
        Tab(name="evidence", title=_l("Evidence")),
        Tab(
            name="allegations",
            title=_l("Allegations"),
            template="rooms/incident_allegations.html",
            data=coverage.of_incident,
        ),
    ),
    sections=incident_parts.SECTIONS,
    actions=(
        Action(
            name="record",
            label=_l("Record an incident"),
            scope=Scope.LIST,
            fields=(*HAPPENED, asked.home(), mission_field(), *ATTACK, *governance()),
            run=_record,
        ),
        Action(
            name="allege",
            label=_l("Read it under a crime category"),
            fields=CATEGORY,
            run=_allege,
            then=lambda _row, made: url_for("allegations.record_page", reference=made.reference),
            help=_l(
                "An allegation is a reading of these facts, for counsel to judge; only a prosecutor charges."
            ),
            done=_l("The allegation is claimed. What counsel should look at stands at its top."),
            is_main=True,
        ),
        Action(
            name="amend",
            label=_l("Correct or add facts"),
            fields=(*HAPPENED, *ATTACK, *governance()),
            amends=True,
            run=amender(recording.amend_incident),
            help=_l("Earlier versions stay in the custody log."),
        ),
    ),
)
