"""Whose consent an item rests on.

An exhibit rests on its sources, on the sources of everything it was made from, and on
the interviewees of an interview that it records. An interview rests on its interviewees.
Depicted and mentioned persons need a documented basis instead.
"""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitPerson, LinkBasis, PersonRole
from evidence_tracker.casework.interviews.models import (
    InterviewExhibit,
    InterviewPerson,
    InterviewRole,
)

MAX_GENERATIONS = 20


@dataclass(frozen=True)
class Leaning:
    """One person an item touches: ``through`` is the record that says so."""

    person_id: UUID
    role: str
    through: UUID
    needs_consent: bool
    basis: LinkBasis | None = None
    basis_note: str | None = None


def of_interview(session: Session, interview_id: UUID) -> list[Leaning]:
    """Return the interviewees of an interview."""
    rows = session.scalars(
        select(InterviewPerson.person_id).where(
            InterviewPerson.interview_id == interview_id,
            InterviewPerson.role == InterviewRole.INTERVIEWEE,
            InterviewPerson.ended_at.is_(None),
        )
    )
    return [Leaning(person, "interviewee", interview_id, needs_consent=True) for person in rows]


def of_exhibit(session: Session, exhibit: Exhibit) -> list[Leaning]:
    """Return everybody an exhibit touches, through itself and what it was made from."""
    found: list[Leaning] = []
    for generation in lineage(session, exhibit):
        links = session.scalars(
            select(ExhibitPerson).where(
                ExhibitPerson.exhibit_id == generation.id, ExhibitPerson.ended_at.is_(None)
            )
        )
        found.extend(_leaning(link) for link in links)
        interviews = session.scalars(
            select(InterviewExhibit.interview_id).where(
                InterviewExhibit.exhibit_id == generation.id, InterviewExhibit.ended_at.is_(None)
            )
        )
        for interview_id in interviews:
            found.extend(
                Leaning(item.person_id, "interviewee", generation.id, needs_consent=True)
                for item in of_interview(session, interview_id)
            )
    return found


def lineage(session: Session, exhibit: Exhibit) -> list[Exhibit]:
    """Return an exhibit and everything it was made from, the original last."""
    chain = [exhibit]
    while chain[-1].made_from_id is not None and len(chain) < MAX_GENERATIONS:
        chain.append(session.get_one(Exhibit, chain[-1].made_from_id))
    return chain


def _leaning(link: ExhibitPerson) -> Leaning:
    needs_consent = link.role is PersonRole.SOURCE or link.basis is LinkBasis.CONSENT
    return Leaning(
        link.person_id, link.role.value, link.exhibit_id, needs_consent, link.basis, link.basis_note
    )
