"""Missions and their parts, made through the acts. All fictional."""

from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.compartments import grant
from evidence_tracker.access.levels import Level
from evidence_tracker.access.models import Account, Compartment, Role
from evidence_tracker.casework.missions import diary, liaison, states
from evidence_tracker.casework.missions.equipment import add_device
from evidence_tracker.casework.missions.models import (
    Device,
    Mission,
    MissionMember,
    MissionRole,
    SecurityPlan,
)
from evidence_tracker.casework.missions.planning import open_mission
from evidence_tracker.casework.missions.risk import sign_off_security_plan, write_security_plan
from evidence_tracker.casework.missions.team import add_member
from evidence_tracker.custody.events import Actor
from tests.cast import Cast

REFERENCE = "KYI-2026-02"


def account_of(session: Session, actor: Actor) -> Account:
    """Return the account of one of the cast."""
    return session.scalars(select(Account).where(Account.id == actor.account_id)).one()


def mission(session: Session, cast: Cast, **facts: Any) -> Mission:
    """Return a mission that olena leads, amina works in and chen supervises; the outsider has no part."""
    stated: dict[str, Any] = {
        "reference": REFERENCE,
        "title": "Spring mission to Nova Vyhadana",
        "mandate": "Document the strikes of February",
        "area": "Nova Vyhadana community",
        "country": "UA",
        "starts_on": "2026-03-02",
        "ends_on": "2026-03-09",
    }
    made = open_mission(session, actor=cast.olena, **{**stated, **facts})
    compartment = session.get_one(Compartment, made.compartment_id)
    for actor, role in (
        (cast.amina, Role.INVESTIGATOR),
        (cast.chen, Role.APPROVER),
        (cast.daria, Role.LEGAL_OFFICER),
    ):
        grant(
            session,
            compartment,
            role=role,
            level=Level.SEALED,
            purpose="tests",
            actor=cast.olena,
            account=account_of(session, actor),
        )
    return made


def member(session: Session, cast: Cast, made: Mission, **facts: Any) -> MissionMember:
    """Return amina on the team as interviewer."""
    stated: dict[str, Any] = {"role": MissionRole.INTERVIEWER, "languages": ["uk", "ru"]}
    return add_member(session, made, account_of(session, cast.amina), actor=cast.olena, **{**stated, **facts})


def plan(session: Session, cast: Cast, made: Mission) -> SecurityPlan:
    """Return a security plan that amina wrote and chen signed off."""
    written = write_security_plan(session, made, "Two cars, one hour between calls.", actor=cast.amina)
    return sign_off_security_plan(session, written, actor=cast.chen, expected_version=written.version)


def device(session: Session, cast: Cast, made: Mission, **facts: Any) -> Device:
    """Return a camera whose clock nobody has looked at yet."""
    stated: dict[str, Any] = {"label": "Camera 1", "kind": "camera", "serial": "FX-0001"}
    return add_device(session, made, actor=cast.amina, **{**stated, **facts})


def approved(session: Session, cast: Cast, **facts: Any) -> Mission:
    """Return a mission with a team and a signed plan that chen approved."""
    made = mission(session, cast, **facts)
    member(session, cast, made)
    plan(session, cast, made)
    return states.approve_mission(session, made, actor=cast.chen)


def under_way(session: Session, cast: Cast, **facts: Any) -> Mission:
    """Return a mission that has begun; nobody else works in its area."""
    made = approved(session, cast, **facts)
    liaison.note_deconfliction(
        session,
        made,
        asked_on="2026-03-01",
        channel="none",
        question="Who investigates in Nova Vyhadana?",
        outcome="nobody-to-ask",
        actor=cast.amina,
    )
    return states.start_mission(session, made, actor=cast.amina)


def closed(session: Session, cast: Cast, **facts: Any) -> Mission:
    """Return a mission whose team is back."""
    made = under_way(session, cast, **facts)
    diary.write_entry(session, made, day="2026-03-02", text="Arrived, met the council.", actor=cast.amina)
    return states.close_mission(session, made, actor=cast.amina)
