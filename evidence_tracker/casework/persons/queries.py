"""Questions about persons; whoever may not see a person gets neither a row nor a count."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TypeVar
from uuid import UUID

from sqlalchemy import Text, select, type_coerce
from sqlalchemy.orm import Session

from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, page
from evidence_tracker.casework.actors.models import Suspect
from evidence_tracker.casework.persons.codes import read_code
from evidence_tracker.casework.persons.models import (
    AgeBand,
    IdentityField,
    IdentityName,
    Person,
    PersonActorLink,
    ProtectionIncident,
    ProtectionLevel,
    Referral,
    ReferralOutcome,
    RoleInEvents,
    ThreatAssessment,
)
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound

OfPerson = TypeVar("OfPerson", ThreatAssessment, ProtectionIncident, Referral, PersonActorLink)


def find_person(session: Session, code: str, *, actor: Actor) -> Person:
    """Return the person with this code if they exist for this actor, else ``NotFound``."""
    stored = read_code(code)
    found = session.scalars(
        select(Person).where(Person.code == stored, visible(session, actor, Person))
    ).first()
    if found is None:
        raise NotFound(f"There is no person {stored} here, or you may not see them.")
    return found


def list_persons(
    session: Session,
    *,
    actor: Actor,
    compartment_id: UUID | None = None,
    protection_level: ProtectionLevel | None = None,
    is_child: bool | None = None,
    is_crsv_survivor: bool | None = None,
    role: RoleInEvents | None = None,
    age_band: AgeBand | None = None,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Person]:
    """Return one page of the persons this actor may see, newest first."""
    query = select(Person)
    if compartment_id is not None:
        query = query.where(Person.compartment_id == compartment_id)
    if protection_level is not None:
        query = query.where(Person.protection_level == protection_level)
    if is_child is not None:
        query = query.where(Person.is_child.is_(is_child))
    if is_crsv_survivor is not None:
        query = query.where(Person.is_crsv_survivor.is_(is_crsv_survivor))
    if role is not None:
        # The list is stored as one JSON text, and no word of it holds a quotation mark.
        query = query.where(type_coerce(Person.roles, Text).contains(f'"{role.value}"', autoescape=True))
    if age_band is not None:
        query = query.where(Person.age_band == age_band)
    return page(session, query, Person, actor=actor, after=after, limit=limit)


def codes_of(session: Session, person_ids: Iterable[UUID], *, actor: Actor) -> dict[UUID, str]:
    """Return the codes of those of these persons who exist for this actor."""
    wanted = sorted(set(person_ids))
    query = select(Person.id, Person.code).where(Person.id.in_(wanted), visible(session, actor, Person))
    return {person_id: code for person_id, code in session.execute(query)}  # noqa: C416 - rows are no tuples to mypy


def recorded_fields(session: Session, person: Person, *, actor: Actor) -> list[IdentityName]:
    """Return which parts of a person's identity are on record, by name alone."""
    query = (
        select(IdentityField.name)
        .where(
            IdentityField.person_id == person.id,
            IdentityField.superseded_at.is_(None),
            visible(session, actor, IdentityField),
        )
        .distinct()
    )
    found = set(session.scalars(query))
    return [name for name in IdentityName if name in found]


def assessments(session: Session, person: Person, *, actor: Actor) -> Sequence[ThreatAssessment]:
    """Return the threat assessments of a person, newest first; the first is in force."""
    return _of(session, ThreatAssessment, person, actor)


def incidents(session: Session, person: Person, *, actor: Actor) -> Sequence[ProtectionIncident]:
    """Return what happened to a person, by when it was recorded, newest first."""
    return _of(session, ProtectionIncident, person, actor)


def referrals(session: Session, person: Person, *, actor: Actor) -> Sequence[Referral]:
    """Return the help offered to a person, newest first."""
    return _of(session, Referral, person, actor)


def suspect_links(session: Session, person: Person, *, actor: Actor) -> Sequence[PersonActorLink]:
    """Return the links of a person to suspects, newest first; those with ``ended_at`` do not hold."""
    return _of(session, PersonActorLink, person, actor)


def linked_suspects(
    session: Session, person: Person, *, actor: Actor
) -> Sequence[tuple[PersonActorLink, Suspect]]:
    """Return the links of a person and the suspects they lead to, newest first, where both are visible."""
    query = (
        select(PersonActorLink, Suspect)
        .join(Suspect, Suspect.id == PersonActorLink.suspect_id)
        .where(
            PersonActorLink.person_id == person.id,
            visible(session, actor, PersonActorLink),
            visible(session, actor, Suspect),
        )
        .order_by(PersonActorLink.recorded_at.desc(), PersonActorLink.id.desc())
    )
    return [(link, suspect) for link, suspect in session.execute(query)]


def reviews_due(session: Session, *, on: date, actor: Actor, limit: int = PAGE) -> Sequence[ThreatAssessment]:
    """Return the assessments in force whose review is due on or before ``on``, the oldest first."""
    later = ThreatAssessment.__table__.alias("later")
    newer = (
        select(later.c.id)
        .where(
            later.c.person_id == ThreatAssessment.person_id,
            (later.c.recorded_at > ThreatAssessment.recorded_at)
            | ((later.c.recorded_at == ThreatAssessment.recorded_at) & (later.c.id > ThreatAssessment.id)),
        )
        .exists()
    )
    query = select(ThreatAssessment).where(
        ThreatAssessment.review_on <= on, ~newer, visible(session, actor, ThreatAssessment)
    )
    return session.scalars(query.order_by(ThreatAssessment.review_on, ThreatAssessment.id).limit(limit)).all()


def follow_ups_due(session: Session, *, on: date, actor: Actor, limit: int = PAGE) -> Sequence[Referral]:
    """Return the referrals, not declined, whose follow-up is due on or before ``on``, the oldest first."""
    query = select(Referral).where(
        Referral.follow_up_on <= on,
        Referral.outcome != ReferralOutcome.DECLINED,
        visible(session, actor, Referral),
    )
    return session.scalars(query.order_by(Referral.follow_up_on, Referral.id).limit(limit)).all()


def _of(session: Session, model: type[OfPerson], person: Person, actor: Actor) -> Sequence[OfPerson]:
    query = select(model).where(model.person_id == person.id, visible(session, actor, model))
    return session.scalars(query.order_by(model.recorded_at.desc(), model.id.desc())).all()
