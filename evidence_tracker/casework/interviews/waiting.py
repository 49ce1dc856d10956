"""What waits in the interviews room: accounts without consent, open interviews, what asks for a second person."""

from collections.abc import Iterator
from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.consent.waiting import PERMITS, is_taken_back
from evidence_tracker.casework.interviews.gates import HEARD
from evidence_tracker.casework.interviews.models import (
    ExceptionOutcome,
    Interview,
    InterviewException,
    InterviewPerson,
    InterviewRole,
    InterviewState,
    Present,
)
from evidence_tracker.casework.persons.models import Person

_OPEN = (InterviewState.PLANNED, InterviewState.UNDER_WAY)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.READ):
        yield _without_consent(asking)
        yield _open(asking)
    if asking.may(Permission.SUPERVISE):
        yield _undecided(asking)
        yield _unreviewed(asking)


def _without_consent(asking: Asking) -> Question:
    """Interviews that were heard, of whose interviewee nothing stands that allows anything to anybody.

    Counted over everything the person said, whoever asks: a hidden permission must not look
    like none. What is allowed exactly is for the gates.
    """
    return asking.question(
        "interviews-without-consent",
        Interview,
        Interview.state.in_(HEARD),
        InterviewPerson.role == InterviewRole.INTERVIEWEE,
        InterviewPerson.ended_at.is_(None),
        ~_standing_permission(asking).exists(),
        asking.within(Interview),
        asking.within(InterviewPerson),
        asking.within(Person),
        title=Person.code,
        since=Interview.recorded_at,
        source=Interview.__table__.join(
            InterviewPerson.__table__, InterviewPerson.interview_id == Interview.id
        ).join(Person.__table__, Person.id == InterviewPerson.person_id),
    )


def _standing_permission(asking: Asking) -> Select[UUID]:
    said = aliased(ConsentEvent)
    return select(said.id).where(
        said.person_id == InterviewPerson.person_id,
        said.kind.in_(PERMITS),
        or_(said.expires_on.is_(None), said.expires_on >= asking.day()),
        ~is_taken_back(said),
    )


def _open(asking: Asking) -> Question:
    there = select(Present.id).where(
        Present.interview_id == Interview.id,
        Present.account_id == asking.me,
        Present.ended_at.is_(None),
    )
    return asking.question(
        "interviews-open",
        Interview,
        Interview.state.in_(_OPEN),
        or_(Interview.owner_id == asking.me, there.exists()),
        asking.within(Interview),
        title=Interview.state,
        since=Interview.recorded_at,
    )


def _undecided(asking: Asking) -> Question:
    me = asking.me
    return asking.question(
        "exceptions-to-decide",
        Interview,
        InterviewException.outcome == ExceptionOutcome.ASKED,
        InterviewException.recorded_by != me,
        InterviewException.interviewer_id != me,
        Interview.recorded_by != me,
        asking.within(InterviewException, Permission.SUPERVISE),
        asking.within(Interview),
        title=InterviewException.ground,
        since=InterviewException.recorded_at,
        source=InterviewException.__table__.join(
            Interview.__table__, Interview.id == InterviewException.interview_id
        ),
    )


def _unreviewed(asking: Asking) -> Question:
    return asking.question(
        "interviews-to-review",
        Interview,
        Interview.state == InterviewState.CLOSED,
        Interview.recorded_by != asking.me,
        asking.within(Interview, Permission.SUPERVISE),
        title=Interview.account_type,
        since=Interview.closed_at,
    )
