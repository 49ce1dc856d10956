"""The steps of a mission: planned → approved → under way → closed → debriefed; or called off.

A step that is not allowed says every condition that is missing, not only the first.
"""

from collections.abc import Mapping, Sequence

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.casework.missions.models import (
    CompetenceCategory,
    DeconflictionNote,
    DeconflictionOutcome,
    Device,
    Mission,
    MissionLogEntry,
    MissionMember,
    MissionRole,
    MissionState,
    SecurityPlan,
)
from evidence_tracker.casework.missions.queries import competence
from evidence_tracker.casework.parties.models import InstructionKind
from evidence_tracker.casework.parties.queries import instructions_against
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, SecondPersonNeeded
from evidence_tracker.values.moment import Moment

BEFORE: Mapping[MissionState, frozenset[MissionState]] = {
    MissionState.APPROVED: frozenset({MissionState.PLANNED}),
    MissionState.UNDER_WAY: frozenset({MissionState.APPROVED}),
    MissionState.CLOSED: frozenset({MissionState.UNDER_WAY}),
    MissionState.DEBRIEFED: frozenset({MissionState.CLOSED}),
    MissionState.CALLED_OFF: frozenset({MissionState.PLANNED, MissionState.APPROVED}),
}
OVER = frozenset({MissionState.CLOSED, MissionState.DEBRIEFED, MissionState.CALLED_OFF})
HOLDING_BACK = frozenset({DeconflictionOutcome.WAIT, DeconflictionOutcome.DO_NOT_GO})


def approve_mission(
    session: Session, mission: Mission, *, actor: Actor, expected_version: int | None = None
) -> Mission:
    """Approve a planned mission; somebody else than the person who opened it does that.

    Needs mandate, area, dates, a team, a security plan signed off as it stands, and no
    instruction of another body to stay away from the area.
    """
    require(session, actor, Permission.SUPERVISE, mission.compartment_id, level=mission.level)
    if actor.account_id == mission.recorded_by:
        raise SecondPersonNeeded(f"{actor.login} opened mission {mission.reference} and cannot approve it.")
    _met(mission, MissionState.APPROVED, _unmet_for_approval(session, mission, actor))
    return step(
        session,
        mission,
        MissionState.APPROVED,
        actor=actor,
        permission=Permission.SUPERVISE,
        expected_version=expected_version,
        changes={"approved_by": actor.account_id},
    )


def start_mission(
    session: Session,
    mission: Mission,
    *,
    actor: Actor,
    on: Moment | str | None = None,
    expected_version: int | None = None,
) -> Mission:
    """Say that an approved mission is under way, since ``on`` (None: now).

    Needs a deconfliction note, none of whose latest answers holds the team back, and the
    security plan still signed off.
    """
    require(session, actor, Permission.RECORD, mission.compartment_id, level=mission.level)
    _met(mission, MissionState.UNDER_WAY, _unmet_for_start(session, mission))
    return step(
        session, mission, MissionState.UNDER_WAY, actor=actor, on=on, expected_version=expected_version
    )


def close_mission(
    session: Session,
    mission: Mission,
    *,
    actor: Actor,
    on: Moment | str | None = None,
    expected_version: int | None = None,
) -> Mission:
    """Say that the team is back, since ``on`` (None: now).

    Needs an entry of the daily log, and of each device what its clock was worth.
    """
    require(session, actor, Permission.RECORD, mission.compartment_id, level=mission.level)
    _met(mission, MissionState.CLOSED, _unmet_for_closing(session, mission))
    return step(session, mission, MissionState.CLOSED, actor=actor, on=on, expected_version=expected_version)


def call_off_mission(
    session: Session, mission: Mission, *, reason: str, actor: Actor, expected_version: int | None = None
) -> Mission:
    """Call off a mission that has not begun, saying why."""
    return step(
        session,
        mission,
        MissionState.CALLED_OFF,
        actor=actor,
        expected_version=expected_version,
        changes={"state_reason": stated.text(reason, "reason")},
    )


def step(
    session: Session,
    mission: Mission,
    to: MissionState,
    *,
    actor: Actor,
    permission: Permission = Permission.RECORD,
    on: Moment | str | None = None,
    expected_version: int | None = None,
    changes: Mapping[str, object] | None = None,
) -> Mission:
    """Move a mission to its next state; refuses a state that does not follow on the present one."""
    _follows(mission, to)
    return records.amend(
        session,
        mission,
        {"state": to, **(changes or {})},
        actor=actor,
        expected_version=expected_version,
        permission=permission,
        verb=CustodyVerb.STATE_CHANGED,
        occurred=None if on is None else stated.moment(on, "day"),
    )


def require_open(mission: Mission) -> None:
    """Refuse a change of plan, team or equipment once the mission is over."""
    if mission.state in OVER:
        raise GateClosed(
            f"Mission {mission.reference} is {_in_words(mission.state)}; "
            "its plan, team and equipment stay as they are.",
            advice="Write what came to light later into its log or its debrief.",
        )


def _follows(mission: Mission, to: MissionState) -> None:
    if mission.state not in BEFORE[to]:
        before = " or ".join(sorted(_in_words(state) for state in BEFORE[to]))
        raise GateClosed(
            f"Mission {mission.reference} is {_in_words(mission.state)}; "
            f"only a mission that is {before} can become {_in_words(to)}.",
            advice="Take the steps in their order.",
        )


def _met(mission: Mission, to: MissionState, unmet: Sequence[str]) -> None:
    _follows(mission, to)
    if unmet:
        raise GateClosed(
            f"Mission {mission.reference} cannot become {_in_words(to)}: {'; '.join(unmet)}.",
            advice="Add what is missing, then try again.",
        )


def _unmet_for_approval(session: Session, mission: Mission, actor: Actor) -> list[str]:
    unmet = []
    if not mission.mandate:
        unmet.append("it has no mandate")
    if not (mission.area or mission.places):
        unmet.append("it names no area and no place")
    if mission.starts_on is None or mission.ends_on is None:
        unmet.append("its first and last day are not stated")
    areas = [*([mission.area] if mission.area else []), *(place["name"] for place in mission.places)]
    if instructions_against(
        session, kinds=[InstructionKind.DO_NOT_VISIT], areas=areas, actor=actor
    ).is_blocked:
        unmet.append("another investigating body asked us to stay away from its area")
    return unmet + _unmet_by_plan(session, mission) + _unmet_by_team(session, mission)


def _unmet_for_start(session: Session, mission: Mission) -> list[str]:
    latest: dict[object, DeconflictionNote] = {}
    notes = select(DeconflictionNote).where(DeconflictionNote.mission_id == mission.id)
    for note in session.scalars(notes.order_by(DeconflictionNote.asked_at, DeconflictionNote.recorded_at)):
        latest[note.party_id] = note
    unmet = []
    if not latest:
        unmet.append("nobody was asked whether they investigate there")
    if any(note.outcome in HOLDING_BACK for note in latest.values()):
        unmet.append("another body asked us to wait or not to go")
    return unmet + _unmet_by_plan(session, mission) + _unmet_by_team(session, mission)


def _unmet_for_closing(session: Session, mission: Mission) -> list[str]:
    entries = (
        select(func.count()).select_from(MissionLogEntry).where(MissionLogEntry.mission_id == mission.id)
    )
    unmet = []
    if not session.scalar(entries):
        unmet.append("its daily log is empty")
    unclear = select(Device.reference).where(
        Device.mission_id == mission.id, Device.clock_basis.is_(None), Device.ended_at.is_(None)
    )
    found = session.scalars(unclear.order_by(Device.reference)).all()
    if found:
        unmet.append(f"nobody said how wrong the clock of {', '.join(found)} was")
    return unmet


def _unmet_by_plan(session: Session, mission: Mission) -> list[str]:
    plan = session.scalars(select(SecurityPlan).where(SecurityPlan.mission_id == mission.id)).first()
    if plan is None:
        return ["it has no security plan"]
    return [] if plan.signed_off_by is not None else ["its security plan is not signed off as it stands"]


def _unmet_by_team(session: Session, mission: Mission) -> list[str]:
    query = select(MissionMember).where(
        MissionMember.mission_id == mission.id, MissionMember.ended_at.is_(None)
    )
    team = session.scalars(query).all()
    if not team:
        return ["it has no team"]
    moment = now(session)
    clinicians = [member.account_id for member in team if member.role is MissionRole.CLINICIAN]
    if all(competence(session, one, CompetenceCategory.CLINICIAN, at=moment) for one in clinicians):
        return []
    return ["its clinician has no licence on record"]


def _in_words(state: MissionState) -> str:
    return state.value.replace("-", " ")
