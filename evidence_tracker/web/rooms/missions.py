"""Missions: a mandate, a team, a place, a period; from plan to debrief."""

from typing import Any

from flask_babel import lazy_gettext as _l

from evidence_tracker.access.policy import Permission
from evidence_tracker.casework.missions import (
    debrief,
    planning,
    queries,
    states,
)
from evidence_tracker.casework.missions.models import (
    Mission,
    MissionState,
)
from evidence_tracker.web.fields import (
    Field,
    Lines,
    Long,
    Text,
    When,
    governance,
)
from evidence_tracker.web.forms import amender, runner
from evidence_tracker.web.kinds import (
    Action,
    Column,
    Facts,
    Filter,
    Listing,
    Room,
    Scope,
    Tab,
    entered,
    titled,
)
from evidence_tracker.web.rooms import asked
from evidence_tracker.web.rooms.mission_parts import DEBRIEF, SECTIONS
from evidence_tracker.web.tongues import country

PLAN: tuple[Field, ...] = (
    Text(name="title", label=_l("Title"), required=True),
    Long(name="mandate", label=_l("Mandate"), help=_l("By whose mandate, to do what.")),
    Long(name="objectives", label=_l("Objectives"), help=_l("What it is to find out.")),
    Text(name="area", label=_l("Area in words")),
    Lines(name="places", label=_l("Places"), help=_l("One a line.")),
    Text(name="country", label=_l("Country"), help=_l("Two letters: UA, GE, AM.")),
    When(name="starts_on", label=_l("First day")),
    When(name="ends_on", label=_l("Last day")),
)


def _in(*wanted: MissionState) -> Any:
    return lambda row: row.state in wanted


ROOM = Room(
    name="missions",
    icon="missions",
    one=_l("mission"),
    many=_l("Missions"),
    model=Mission,
    find=queries.find_mission,
    listing=Listing(
        page=queries.page_missions,
        sorts=(*entered(), *titled()),
        columns=(
            Column(name="title", label=_l("Title"), cell=lambda row: row.title),
            Column(name="state", label=_l("State"), cell=lambda row: row.state, kind="state"),
            Column(
                name="country", label=_l("Country"), cell=lambda row: country(row.country), is_narrow=True
            ),
            Column(name="starts_on", label=_l("First day"), cell=lambda row: row.starts_on),
            Column(name="ends_on", label=_l("Last day"), cell=lambda row: row.ends_on, is_narrow=True),
        ),
        filters=(
            Filter(name="state", label=_l("State"), enum=MissionState, read=MissionState),
            Filter(name="country", label=_l("Country"), read=str.upper),
        ),
        empty=_l("No mission yet. A mission gives a team its mandate, and its records a place."),
    ),
    facts=(
        Facts(
            title=_l("Plan"),
            names=("mandate", "objectives", "area", "places", "country", "starts_on", "ends_on"),
        ),
    ),
    tabs=(
        Tab(name="team", title=_l("Team")),
        Tab(name="safety", title=_l("Safety and equipment")),
        Tab(name="diary", title=_l("Diary")),
    ),
    sections=SECTIONS,
    actions=(
        Action(
            name="plan",
            label=_l("Plan a mission"),
            scope=Scope.LIST,
            permission=Permission.OPEN_COMPARTMENT,
            fields=(
                Text(
                    name="reference",
                    label=_l("Reference"),
                    help=_l("Letters A to Z, digits and hyphens, such as KYI-2026-04."),
                    required=True,
                ),
                *PLAN,
                *governance(),
            ),
            run=runner(planning.open_mission),
            done=_l("The mission is planned; its compartment is open and you lead it."),
        ),
        Action(
            name="amend",
            label=_l("Change the plan"),
            fields=(*PLAN, *governance()),
            amends=True,
            run=amender(planning.amend_mission),
            when=lambda row: row.state not in {MissionState.CALLED_OFF, MissionState.DEBRIEFED},
        ),
        Action(
            name="approve",
            label=_l("Approve"),
            permission=Permission.SUPERVISE,
            when=_in(MissionState.PLANNED),
            run=runner(states.approve_mission),
            is_confirmed=True,
            is_main=True,
            help=_l(
                "Whoever planned it cannot approve it. A later change of the plan asks for a new approval."
            ),
        ),
        Action(
            name="start",
            label=_l("It is under way"),
            when=_in(MissionState.APPROVED),
            fields=(When(name="on", label=_l("Since")),),
            run=runner(states.start_mission),
            is_main=True,
        ),
        Action(
            name="close",
            label=_l("The team is back"),
            when=_in(MissionState.UNDER_WAY),
            fields=(When(name="on", label=_l("Since")),),
            run=runner(states.close_mission),
            is_main=True,
        ),
        Action(
            name="debrief",
            label=_l("Record the debrief"),
            when=_in(MissionState.CLOSED),
            fields=DEBRIEF,
            run=runner(debrief.hold_debrief),
            is_main=True,
        ),
        Action(
            name="call-off",
            label=_l("Call off"),
            when=_in(MissionState.PLANNED, MissionState.APPROVED),
            fields=(asked.reason(),),
            run=runner(states.call_off_mission),
            typed=True,
            warning=_l("A mission that was called off cannot be taken up again. Its records stay."),
        ),
    ),
)
