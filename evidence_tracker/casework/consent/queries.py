"""Questions about consent: what a person said, what it amounts to, what will expire."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from evidence_tracker.access.policy import now, visible
from evidence_tracker.access.records import PAGE, get
from evidence_tracker.casework.consent.gates import Matrix, fold
from evidence_tracker.casework.consent.models import ConsentEvent, ConsentKind
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotPermitted


def history(session: Session, person: Person, *, actor: Actor) -> Sequence[ConsentEvent]:
    """Return everything a person said, in order, to whoever may read all of it.

    Half of a history misleads more than none: a hidden withdrawal would look like consent.
    """
    get(session, Person, person.id, actor=actor)
    query = select(ConsentEvent, visible(session, actor, ConsentEvent).label("is_visible"))
    rows = session.execute(
        query.where(ConsentEvent.person_id == person.id).order_by(ConsentEvent.number)
    ).all()
    if not all(is_visible for _, is_visible in rows):
        raise NotPermitted(f"Part of the consent of {person.code} is above your level.")
    return [event for event, _ in rows]


def matrix(session: Session, person: Person, *, actor: Actor) -> Matrix:
    """Return what a person's events amount to now."""
    return fold(history(session, person, actor=actor), now(session))


def matrix_as_known(session: Session, person: Person, *, at: datetime, actor: Actor) -> Matrix:
    """Return what the events recorded until ``at`` amounted to then."""
    known = [event for event in history(session, person, actor=actor) if event.recorded_at <= at]
    return fold(known, at)


def expiring(session: Session, *, until: date, actor: Actor, limit: int = PAGE) -> Sequence[ConsentEvent]:
    """Return permissions that end on or before ``until`` and have no later one for the same cell.

    The soonest first. Whether one still stands is for ``gates`` to say.
    """
    later = aliased(ConsentEvent)
    same_cell = (
        select(later.id)
        .where(
            later.person_id == ConsentEvent.person_id,
            later.number > ConsentEvent.number,
            later.kind.in_([ConsentKind.GIVEN, ConsentKind.RENEWED]),
            later.recipient_class == ConsentEvent.recipient_class,
            later.party_id.is_not_distinct_from(ConsentEvent.party_id),
            later.use == ConsentEvent.use,
            later.items == ConsentEvent.items,
        )
        .exists()
    )
    query = select(ConsentEvent).where(
        ConsentEvent.expires_on <= until, ~same_cell, visible(session, actor, ConsentEvent)
    )
    return session.scalars(query.order_by(ConsentEvent.expires_on, ConsentEvent.id).limit(limit)).all()
