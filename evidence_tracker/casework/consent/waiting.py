"""What waits in the consent room: permissions about to expire that nobody renewed."""

from collections.abc import Iterator

from sqlalchemy import ColumnElement, Text, or_, select, type_coerce
from sqlalchemy.orm import aliased

from evidence_tracker.access.policy import Permission
from evidence_tracker.access.waiting import Asking, Question
from evidence_tracker.casework.consent.models import ConsentEvent, ConsentKind, Scope
from evidence_tracker.casework.persons.models import Person

EXPIRES_WITHIN = 30  # days
EXPIRED_SINCE = 30  # days
PERMITS = (ConsentKind.GIVEN, ConsentKind.RENEWED)
_DENIES = (ConsentKind.REFUSED, ConsentKind.WITHDRAWN)


def questions(asking: Asking) -> Iterator[Question]:
    """Yield the questions of this room that mean something to the actor."""
    if asking.may(Permission.CONSENT, Permission.PREPARE):
        yield _expiring(asking)


def _expiring(asking: Asking) -> Question:
    later = ConsentEvent.__table__.alias("later")
    # A later permission for the same cell renews it; a later denial leaves nothing to renew.
    renewed = select(later.c.id).where(
        later.c.person_id == ConsentEvent.person_id,
        later.c.number > ConsentEvent.number,
        or_(later.c.recipient_class == ConsentEvent.recipient_class, later.c.recipient_class.is_(None)),
        or_(later.c.use == ConsentEvent.use, later.c.use.is_(None)),
        later.c.kind != ConsentKind.LIMITED,
    )
    return asking.question(
        "consents-expiring",
        Person,
        ConsentEvent.expires_on <= asking.day(EXPIRES_WITHIN),
        ConsentEvent.expires_on >= asking.day(-EXPIRED_SINCE),
        ~renewed.exists(),
        asking.within(ConsentEvent),
        asking.within(Person),
        reference=Person.code,
        title=type_coerce(ConsentEvent.recipient_class, Text) + " · " + type_coerce(ConsentEvent.use, Text),
        since=ConsentEvent.recorded_at,
        due=ConsentEvent.expires_on,
        source=ConsentEvent.__table__.join(Person.__table__, Person.id == ConsentEvent.person_id),
    )


def is_taken_back(said: type[ConsentEvent]) -> ColumnElement[bool]:
    """Return the condition under which a later denial speaks of all that a permission allows.

    For lists and numbers. What exactly may be done is for the gates, which also know the narrower
    denial and the later permission.
    """
    later = aliased(ConsentEvent)
    return (
        select(later.id)
        .where(
            later.person_id == said.person_id,
            later.number > said.number,
            later.kind.in_(_DENIES),
            or_(later.recipient_class.is_(None), later.recipient_class == said.recipient_class),
            or_(later.party_id.is_(None), later.party_id == said.party_id),
            or_(later.use.is_(None), later.use == said.use),
            or_(later.scope == Scope.ALL, later.items == said.items),
        )
        .exists()
    )
