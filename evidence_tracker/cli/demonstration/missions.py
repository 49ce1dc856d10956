"""Three missions, each from its plan to its debrief; whoever opens one never approves it."""

from dataclasses import dataclass
from datetime import timedelta

from evidence_tracker.access.models import Account, Role
from evidence_tracker.casework.missions import debrief, diary, equipment, liaison, risk, states, team
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.casework.parties.models import Party
from evidence_tracker.cli.demonstration.world import BASIS, PURPOSE, World, place
from evidence_tracker.errors import SecondPersonNeeded

TEAM: dict[str, tuple[str, ...]] = {
    "marko": ("interviewer",),
    "lesia": ("interviewer",),
    "nadia": ("photographer",),
}
AFTER = timedelta(days=5)
ROLES = {
    "marko": [Role.INVESTIGATOR],
    "lesia": [Role.INVESTIGATOR],
    "nadia": [Role.ANALYST],
    "vira": [Role.APPROVER],
    "tomas": [Role.LEGAL_OFFICER],
    "ostap": [Role.CUSTODIAN, Role.LEGAL_OFFICER],
}


@dataclass(frozen=True)
class Plan:
    """What one mission is about, and when."""

    name: str
    reference: str
    title: str
    mandate: str
    area: str
    place: str
    planned: str
    first: str
    last: str
    clock_offset_s: int


PLANS = (
    Plan(
        "autumn",
        "KYI-2025-09",
        "Autumn mission to Vyhadane (fictional)",
        "Document the confinement of villagers in March 2022",
        "Vyhadane community",
        "Вигадане",
        "2025-09-02 07:20",
        "2025-09-08",
        "2025-09-19",
        -42,
    ),
    Plan(
        "november",
        "KYI-2025-11",
        "November mission to Nova Vyhadana (fictional)",
        "Document the strike on the market of 3 November 2025",
        "Nova Vyhadana community",
        "Нова Вигадана",
        "2025-11-05 08:05",
        "2025-11-10",
        "2025-11-18",
        3,
    ),
    Plan(
        "winter",
        "KYI-2026-01",
        "Winter mission to Zelenyi Vyhin (fictional)",
        "Document the transfer of children in December 2025",
        "Zelenyi Vyhin community",
        "Зелений Вигін",
        "2026-01-12 08:40",
        "2026-01-19",
        "2026-01-30",
        0,
    ),
)


def prepare(world: World, plan: Plan) -> None:
    """Plan a mission, have its security plan signed off and the mission approved by somebody else, and go."""
    world.at(plan.planned)
    with world.acting("halyna") as (session, actor):
        mission = open_mission(
            session,
            reference=plan.reference,
            title=plan.title,
            mandate=plan.mandate,
            objectives="First accounts, photographs, remains; no full statements.",
            area=plan.area,
            places=[place(plan.place)],
            country="UA",
            starts_on=plan.first,
            ends_on=plan.last,
            purpose=PURPOSE,
            legal_basis=BASIS,
            actor=actor,
        )
        world.keep(plan.name, mission)
        world.homes[plan.name] = mission.compartment_id
    world.let_in(plan.name, ROLES, purpose=f"mission {plan.reference}")
    _gather(world, plan)
    _secure(world, plan)
    if plan is PLANS[0]:
        world.stop(
            "whoever opened a mission could not approve it",
            lambda: _approve(world, plan, "halyna"),
            SecondPersonNeeded,
        )
    _approve(world, plan, "vira")
    world.at(f"{plan.first} 06:10")
    with world.acting("marko") as (session, actor):
        states.start_mission(session, world.get(session, Mission, plan.name), actor=actor, on=plan.first)


def _gather(world: World, plan: Plan) -> None:
    with world.acting("halyna") as (session, actor):
        mission = world.get(session, Mission, plan.name)
        for login, roles in TEAM.items():
            account = world.get(session, Account, f"account {login}")
            for role in roles:
                team.add_member(session, mission, account, role=role, languages=["uk", "en"], actor=actor)
    with world.acting("marko") as (session, actor):
        mission = world.get(session, Mission, plan.name)
        equipment.add_device(
            session,
            mission,
            label="Camera One (fictional)",
            kind="camera",
            serial=f"FX-{plan.reference}",
            clock_offset_seconds=plan.clock_offset_s,
            clock_basis="compared with the GPS receiver",
            actor=actor,
        )
        recorder = equipment.add_device(
            session, mission, label="Recorder", kind="audio-recorder", actor=actor
        )
        world.keep(f"recorder {plan.name}", recorder)
        liaison.add_partner(
            session,
            mission,
            world.get(session, Party, "partner"),
            part="legal advice by telephone",
            actor=actor,
        )
        liaison.add_contact(
            session,
            mission,
            name="Council of the community (fictional)",
            function="local administration",
            how_to_reach="switchboard +380 44 555 00 00",
            languages=["uk"],
            actor=actor,
        )


def _secure(world: World, plan: Plan) -> None:
    with world.acting("marko") as (session, actor):
        mission = world.get(session, Mission, plan.name)
        text = "Two cars, calls every hour, no movement after dark; demining service on call."
        written = risk.write_security_plan(session, mission, text, actor=actor)
        world.keep(f"security {plan.name}", written)
    with world.acting("vira") as (session, actor):
        found = world.get(session, type(written), f"security {plan.name}")
        risk.sign_off_security_plan(session, found, actor=actor, expected_version=found.version)
    with world.acting("marko") as (session, actor):
        liaison.note_deconfliction(
            session,
            world.get(session, Mission, plan.name),
            asked_on=world.clock.now().date().isoformat(),
            channel="letter",
            question=f"Do you investigate in {plan.area}?",
            outcome="clear",
            answer="Not at present.",
            party=world.get(session, Party, "team"),
            actor=actor,
        )


def _approve(world: World, plan: Plan, login: str) -> None:
    with world.acting(login) as (session, actor):
        states.approve_mission(session, world.get(session, Mission, plan.name), actor=actor)


def bring_home(world: World, plan: Plan, *, lessons: str, outcome: str) -> None:
    """Write the diary, measure the clocks, close and debrief a mission."""
    world.at(f"{plan.last} 15:00")
    with world.acting("marko") as (session, actor):
        mission = world.get(session, Mission, plan.name)
        for day, text in ((plan.first, "Arrived, met the council."), (plan.last, "Packed, backed up, left.")):
            diary.write_entry(session, mission, day=day, text=text, place=place(plan.place), actor=actor)
        recorder = world.records[f"recorder {plan.name}"]
        equipment.measure_clock(
            session,
            session.get_one(type(recorder), recorder.id),
            offset_seconds=1,
            basis="compared with the telephone of the network",
            actor=actor,
        )
    with world.acting("marko") as (session, actor):
        states.close_mission(session, world.get(session, Mission, plan.name), actor=actor, on=plan.last)
    world.at((world.clock.now() + AFTER).strftime("%Y-%m-%d 09:30"))
    with world.acting("lesia") as (session, actor):
        debrief.hold_debrief(
            session,
            world.get(session, Mission, plan.name),
            held_on=world.clock.now().date().isoformat(),
            lessons=lessons,
            outcome=outcome,
            care_offered="Supervision by the Fictional Trauma Clinic; two days off.",
            actor=actor,
        )
