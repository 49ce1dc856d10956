"""What a withdrawal of consent touches: every submission that rests on the person, and who prepared it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitPerson, LinkBasis, PersonRole
from evidence_tracker.casework.interviews.models import (
    ExhibitRole,
    InterviewExhibit,
    InterviewPerson,
    InterviewRole,
)
from evidence_tracker.casework.submissions.models import Bundle, BundleState, Submission, SubmissionItem


def tell_preparers(session: Session, person_id: UUID) -> list[Submission]:
    """Tell whoever prepared a submission that a consent it rests on was taken back; returns the submissions.

    The program does it, after the withdrawal: whoever records one may not see what it touches.
    """
    touched = resting_on(session, person_id)
    for submission in touched:
        added = select(SubmissionItem.recorded_by).where(SubmissionItem.submission_id == submission.id)
        preparers = {submission.owner_id, submission.recorded_by, *session.scalars(added)}
        notices.tell(session, preparers, NoticeKind.CONSENT_WITHDRAWN, submission)
    return touched


def resting_on(session: Session, person_id: UUID) -> list[Submission]:
    """Return the submissions with an item that rests on a person, whoever asks: open, or handed over.

    As ``sources`` has it: through links, interviews, signed consents, and what an item was made from.
    """
    interviews = _interviews_of(session, person_id)
    exhibits = _with_what_was_made(session, _exhibits_of(session, person_id, interviews))
    resting = select(SubmissionItem.submission_id).where(
        SubmissionItem.ended_at.is_(None),
        or_(
            SubmissionItem.person_id == person_id,
            SubmissionItem.interview_id.in_(interviews),
            SubmissionItem.exhibit_id.in_(exhibits),
        ),
    )
    released = exists().where(Bundle.submission_id == Submission.id, Bundle.state == BundleState.RELEASED)
    query = select(Submission).where(
        Submission.id.in_(resting), or_(Submission.closed_at.is_(None), released)
    )
    return list(session.scalars(query.order_by(Submission.recorded_at, Submission.id)))


def _interviews_of(session: Session, person_id: UUID) -> set[UUID]:
    query = select(InterviewPerson.interview_id).where(
        InterviewPerson.person_id == person_id,
        InterviewPerson.role == InterviewRole.INTERVIEWEE,
        InterviewPerson.ended_at.is_(None),
    )
    return set(session.scalars(query))


def _exhibits_of(session: Session, person_id: UUID, interviews: Collection[UUID]) -> set[UUID]:
    linked = select(ExhibitPerson.exhibit_id).where(
        ExhibitPerson.person_id == person_id,
        ExhibitPerson.ended_at.is_(None),
        or_(ExhibitPerson.role == PersonRole.SOURCE, ExhibitPerson.basis == LinkBasis.CONSENT),
    )
    heard = select(InterviewExhibit.exhibit_id).where(
        InterviewExhibit.interview_id.in_(interviews),
        InterviewExhibit.role != ExhibitRole.SHOWN,
        InterviewExhibit.ended_at.is_(None),
    )
    signed = select(ConsentEvent.evidence_id).where(
        or_(ConsentEvent.person_id == person_id, ConsentEvent.guardian_id == person_id),
        ConsentEvent.evidence_id.is_not(None),
    )
    found = {*session.scalars(linked), *session.scalars(heard), *session.scalars(signed)}
    return {exhibit_id for exhibit_id in found if exhibit_id is not None}


def _with_what_was_made(session: Session, originals: Collection[UUID]) -> set[UUID]:
    found, newest = set(originals), set(originals)
    while newest:
        made = set(session.scalars(select(Exhibit.id).where(Exhibit.made_from_id.in_(newest))))
        newest = made - found
        found |= newest
    return found
