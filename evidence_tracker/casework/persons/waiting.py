"""What waits in the persons room: threats to look at again, help to ask after, identities not on record."""

from collections.abc import Iterator

from sqlalchemy import or_, select

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.persons.models import (
    IdentityField,
    Person,
    Referral,
    ReferralOutcome,
    ThreatAssessment,
)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.READ):
        yield _reviews(asking)
        yield _follow_ups(asking)
    if asking.may(Permission.SEAL_IDENTITY):
        yield _without_identity(asking)


def _reviews(asking: Asking) -> Question:
    later = ThreatAssessment.__table__.alias("later")
    newer = select(later.c.id).where(
        later.c.person_id == ThreatAssessment.person_id,
        or_(
            later.c.recorded_at > ThreatAssessment.recorded_at,
            (later.c.recorded_at == ThreatAssessment.recorded_at) & (later.c.id > ThreatAssessment.id),
        ),
    )
    return asking.question(
        "protection-reviews",
        Person,
        ThreatAssessment.review_on <= asking.day(),
        ~newer.exists(),
        asking.within(ThreatAssessment),
        asking.within(Person),
        reference=Person.code,
        title=ThreatAssessment.threat_level,
        since=ThreatAssessment.recorded_at,
        due=ThreatAssessment.review_on,
        source=ThreatAssessment.__table__.join(Person.__table__, Person.id == ThreatAssessment.person_id),
    )


def _follow_ups(asking: Asking) -> Question:
    return asking.question(
        "referrals-to-follow-up",
        Person,
        Referral.follow_up_on <= asking.day(),
        Referral.outcome != ReferralOutcome.DECLINED,
        asking.within(Referral),
        asking.within(Person),
        reference=Person.code,
        title=Referral.need,
        since=Referral.recorded_at,
        due=Referral.follow_up_on,
        source=Referral.__table__.join(Person.__table__, Person.id == Referral.person_id),
    )


def _without_identity(asking: Asking) -> Question:
    recorded = select(IdentityField.id).where(IdentityField.person_id == Person.id)
    return asking.question(
        "persons-without-identity",
        Person,
        Person.recorded_by == asking.me,
        ~recorded.exists(),
        asking.within(Person, Permission.SEAL_IDENTITY),
        asking.within(Person),
        reference=Person.code,
        since=Person.recorded_at,
    )
