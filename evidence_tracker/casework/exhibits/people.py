"""Links of persons to exhibits: who is the source, who is seen, who is spoken of, whose it is."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, now, require, visible
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitPerson, LinkBasis, PersonRole
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import InvalidInput, NotFound


def find_person(session: Session, code: str, *, actor: Actor) -> Person:
    """Return the person with this code if they exist for this actor, else ``NotFound``."""
    found = session.scalars(
        select(Person).where(Person.code == code.strip().upper(), visible(session, actor, Person))
    ).first()
    if found is None:
        raise NotFound(f"There is no person {code!r} here, or you may not see them.")
    return found


def link_person(
    session: Session,
    exhibit: Exhibit,
    person: Person,
    *,
    role: PersonRole,
    actor: Actor,
    basis: LinkBasis | None = None,
    basis_note: str | None = None,
) -> ExhibitPerson:
    """Link a person to an exhibit in one role; the link is as restricted as the more restricted of the two.

    ``basis`` None means that nobody has decided why the exhibit may be used although the
    person is in it: a gate of the submissions stays closed until somebody does.
    """
    require(session, actor, Permission.READ, person.compartment_id, level=person.level)
    level = max(exhibit.level, person.level, key=_rank)
    require(session, actor, Permission.RECORD, exhibit.compartment_id, level=level)
    note = _basis_note(basis, basis_note)
    if _live(session, exhibit, person, role) is not None:
        raise InvalidInput(f"{person.code} is linked to {exhibit.reference} as {role.value} already.")
    return create(
        session,
        ExhibitPerson,
        compartment_id=exhibit.compartment_id,
        governance=Governance(level, exhibit.purpose, exhibit.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        exhibit_id=exhibit.id,
        person_id=person.id,
        role=role,
        basis=basis,
        basis_note=note,
    )


def state_basis(
    session: Session,
    link: ExhibitPerson,
    *,
    basis: LinkBasis,
    basis_note: str,
    actor: Actor,
    expected_version: int | None = None,
) -> ExhibitPerson:
    """Say why the exhibit may be used although this person is in it."""
    _refuse_ended(link)
    changes = {"basis": basis, "basis_note": _basis_note(basis, basis_note)}
    return amend(session, link, changes, actor=actor, expected_version=expected_version)


def end_link(session: Session, link: ExhibitPerson, *, reason: str, actor: Actor) -> ExhibitPerson:
    """End a link that is wrong; it stays on record with the reason."""
    _refuse_ended(link)
    changes = {"ended_at": now(session), "ended_reason": needed(reason, "The reason")}
    return amend(session, link, changes, actor=actor, verb=CustodyVerb.UNLINKED)


def find_link(
    session: Session, exhibit: Exhibit, person: Person, role: PersonRole, *, actor: Actor
) -> ExhibitPerson:
    """Return the live link of a person to an exhibit in one role, else ``NotFound``."""
    link = _live(session, exhibit, person, role)
    if link is None or link not in links_of(session, exhibit, actor=actor):
        raise NotFound(f"{person.code} is not linked to {exhibit.reference} as {role.value}.")
    return link


def links_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[ExhibitPerson]:
    """Return the live links of persons to an exhibit that exist for this actor."""
    return session.scalars(
        select(ExhibitPerson)
        .where(
            ExhibitPerson.exhibit_id == exhibit.id,
            ExhibitPerson.ended_at.is_(None),
            visible(session, actor, ExhibitPerson),
        )
        .order_by(ExhibitPerson.recorded_at, ExhibitPerson.id)
    ).all()


def persons_of(session: Session, exhibit: Exhibit, *, actor: Actor) -> list[tuple[ExhibitPerson, Person]]:
    """Return the live links of an exhibit with their persons, where both exist for this actor."""
    rows = session.execute(
        select(ExhibitPerson, Person)
        .join(Person, Person.id == ExhibitPerson.person_id)
        .where(
            ExhibitPerson.exhibit_id == exhibit.id,
            ExhibitPerson.ended_at.is_(None),
            visible(session, actor, ExhibitPerson),
            visible(session, actor, Person),
        )
        .order_by(ExhibitPerson.recorded_at, ExhibitPerson.id)
    )
    return [(link, person) for link, person in rows]


def exhibits_of(session: Session, person: Person, *, actor: Actor) -> Sequence[Exhibit]:
    """Return the exhibits a person is linked to, as far as link and exhibit exist for this actor."""
    return session.scalars(
        select(Exhibit)
        .join(ExhibitPerson, ExhibitPerson.exhibit_id == Exhibit.id)
        .where(
            ExhibitPerson.person_id == person.id,
            ExhibitPerson.ended_at.is_(None),
            visible(session, actor, ExhibitPerson),
            visible(session, actor, Exhibit),
        )
        .order_by(Exhibit.reference)
        .distinct()
    ).all()


def links_to(
    session: Session, person: Person, *, actor: Actor, limit: int
) -> Sequence[tuple[ExhibitPerson, Exhibit]]:
    """Return a person's live links to exhibits, newest first, where link and exhibit exist for this actor."""
    query = (
        select(ExhibitPerson, Exhibit)
        .join(Exhibit, Exhibit.id == ExhibitPerson.exhibit_id)
        .where(
            ExhibitPerson.person_id == person.id,
            ExhibitPerson.ended_at.is_(None),
            visible(session, actor, ExhibitPerson),
            visible(session, actor, Exhibit),
        )
        .order_by(ExhibitPerson.recorded_at.desc(), ExhibitPerson.id.desc())
        .limit(limit)
    )
    return [(link, exhibit) for link, exhibit in session.execute(query)]


def _live(session: Session, exhibit: Exhibit, person: Person, role: PersonRole) -> ExhibitPerson | None:
    return session.scalars(
        select(ExhibitPerson).where(
            ExhibitPerson.exhibit_id == exhibit.id,
            ExhibitPerson.person_id == person.id,
            ExhibitPerson.role == role,
            ExhibitPerson.ended_at.is_(None),
        )
    ).first()


def _basis_note(basis: LinkBasis | None, note: str | None) -> str | None:
    """Return the note; every basis but consent (which has records of its own) must be explained."""
    if basis is None:
        if note:
            raise InvalidInput("A note on the basis was given, but no basis.", advice="Name the basis.")
        return None
    return note if basis is LinkBasis.CONSENT else needed(note, f"Why the basis is {basis.value}")


def _refuse_ended(link: ExhibitPerson) -> None:
    if link.ended_at is not None:
        raise InvalidInput("This link has ended; make a new one.")


def _rank(level: Level) -> int:
    return level.rank
