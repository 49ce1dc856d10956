"""What waits in the missions room: plans without a signature, missions past their end, trainings that expire."""

from collections.abc import Iterator

from sqlalchemy import Text, func, select, type_coerce

from evidence_tracker.access.models import Account
from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.missions.models import Competence, Mission, MissionState, SecurityPlan

EXPIRES_WITHIN = 45  # days
_BEFORE_THE_END = (MissionState.PLANNED, MissionState.APPROVED, MissionState.UNDER_WAY)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.SUPERVISE):
        yield _unsigned_plans(asking)
        yield _to_approve(asking)
    if asking.may(Permission.RECORD):
        yield _without_plan(asking)
        yield _past_their_end(asking)
        yield _not_debriefed(asking)
    if asking.may(Permission.READ):
        yield _expiring_competences(asking)


def _unsigned_plans(asking: Asking) -> Question:
    return asking.question(
        "plans-unsigned",
        Mission,
        SecurityPlan.signed_off_by.is_(None),
        Mission.state.in_(_BEFORE_THE_END),
        func.instr(type_coerce(SecurityPlan.authors, Text), asking.me_as_text) == 0,
        asking.within(Mission, Permission.SUPERVISE),
        asking.within(SecurityPlan, Permission.SUPERVISE),
        title=Mission.title,
        since=SecurityPlan.recorded_at,
        due=Mission.starts_at,
        source=SecurityPlan.__table__.join(Mission.__table__, Mission.id == SecurityPlan.mission_id),
    )


def _to_approve(asking: Asking) -> Question:
    signed = select(SecurityPlan.id).where(
        SecurityPlan.mission_id == Mission.id, SecurityPlan.signed_off_by.is_not(None)
    )
    return asking.question(
        "missions-to-approve",
        Mission,
        Mission.state == MissionState.PLANNED,
        Mission.recorded_by != asking.me,
        signed.exists(),
        asking.within(Mission, Permission.SUPERVISE),
        title=Mission.title,
        since=Mission.recorded_at,
        due=Mission.starts_at,
    )


def _without_plan(asking: Asking) -> Question:
    plan = select(SecurityPlan.id).where(SecurityPlan.mission_id == Mission.id)
    return asking.question(
        "missions-without-plan",
        Mission,
        Mission.state.in_(_BEFORE_THE_END),
        ~plan.exists(),
        asking.within(Mission, Permission.RECORD),
        title=Mission.title,
        since=Mission.recorded_at,
        due=Mission.starts_at,
    )


def _past_their_end(asking: Asking) -> Question:
    return asking.question(
        "missions-past-their-end",
        Mission,
        Mission.state == MissionState.UNDER_WAY,
        Mission.ends_at < asking.instant(),
        asking.within(Mission, Permission.RECORD),
        title=Mission.title,
        since=Mission.recorded_at,
        due=Mission.ends_at,
    )


def _not_debriefed(asking: Asking) -> Question:
    return asking.question(
        "missions-not-debriefed",
        Mission,
        Mission.state == MissionState.CLOSED,
        asking.within(Mission, Permission.RECORD),
        title=Mission.title,
        since=Mission.recorded_at,
    )


def _expiring_competences(asking: Asking) -> Question:
    later = Competence.__table__.alias("later")
    renewed = select(later.c.id).where(
        later.c.account_id == Competence.account_id,
        later.c.category == Competence.category,
        later.c.ended_at.is_(None),
        later.c.expires_at > Competence.expires_at,
    )
    return asking.question(
        "competences-expiring",
        Competence,
        Competence.ended_at.is_(None),
        Competence.expires_at <= asking.instant(EXPIRES_WITHIN),
        ~renewed.exists(),
        asking.within(Competence),
        Account.is_active,
        reference=Account.login,
        title=Competence.category,
        since=Competence.recorded_at,
        due=Competence.expires_at,
        source=Competence.__table__.join(Account.__table__, Account.id == Competence.account_id),
    )
