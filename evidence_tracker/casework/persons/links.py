"""The restricted link between a protected person and a named suspect."""

from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import now
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.actors.models import Suspect
from evidence_tracker.casework.persons.models import ActorRelation, Person, PersonActorLink
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import Conflict


def link_suspect(
    session: Session, person: Person, suspect: Suspect, *, relation: ActorRelation, basis: str, actor: Actor
) -> PersonActorLink:
    """Join a protected person to a named suspect; returns the link, RESTRICTED or higher."""
    level = max(person.level, suspect.level, Level.RESTRICTED, key=lambda item: item.rank)
    return create(
        session,
        PersonActorLink,
        compartment_id=person.compartment_id,
        governance=Governance(level, person.purpose, person.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        person_id=person.id,
        suspect_id=suspect.id,
        relation=relation,
        basis=needed(basis, "The basis of the link"),
    )


def end_link(
    session: Session, link: PersonActorLink, *, reason: str, actor: Actor, expected_version: int | None = None
) -> PersonActorLink:
    """End a link that does not hold (any more); it stays on record with the reason."""
    if link.ended_at is not None:
        raise Conflict("This link was ended before.")
    changes = {"ended_at": now(session), "ended_reason": needed(reason, "The reason")}
    return amend(
        session, link, changes, actor=actor, expected_version=expected_version, verb=CustodyVerb.UNLINKED
    )
