"""Whose consent an item rests on.

An exhibit rests on its sources, on the sources of everything it was made from, on whoever
signed or spoke a consent with it, and on the interviewees of an interview that it is part of.
An interview rests on its interviewees. Depicted and mentioned persons need a documented basis
instead; an owner needs neither. What was merely shown in an interview does not rest on the
interviewee: who saw it is no part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.casework.consent.models import ConsentEvent
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitPerson, LinkBasis, PersonRole
from evidence_tracker.casework.interviews.models import (
    ExhibitRole,
    InterviewExhibit,
    InterviewPerson,
    InterviewRole,
)
from evidence_tracker.errors import ChainBroken

#: Roles in which a person is where an item came from.
ORIGINS = frozenset({"source", "interviewee", "signatory"})


@dataclass(frozen=True)
class Leaning:
    """One person an item touches, and in which role."""

    person_id: UUID
    role: str
    needs_consent: bool
    basis: LinkBasis | None = None
    basis_note: str | None = None


@dataclass(frozen=True)
class Standing:
    """All that an item stands on.

    ``made_from`` are the ids of what was said of it under another name: its originals, and the
    interviews they are part of. ``is_orphaned``: it is part of an interview without an
    interviewee. ``was_unlinked``: somebody was its source, and nobody is now.
    """

    leanings: tuple[Leaning, ...]
    made_from: tuple[UUID, ...] = ()
    is_orphaned: bool = False
    was_unlinked: bool = False

    @property
    def has_origin(self) -> bool:
        """Say whether somebody is known whom it came from."""
        return any(leaning.role in ORIGINS for leaning in self.leanings)


def of_interview(session: Session, interview_id: UUID) -> Standing:
    """Return what an interview stands on: its interviewee; and who is mentioned in the account."""
    heard = _in_interviews(session, [interview_id], InterviewRole.INTERVIEWEE)
    mentioned = _in_interviews(session, [interview_id], InterviewRole.MENTIONED)
    return Standing((*heard, *mentioned))


def of_exhibit(session: Session, exhibit: Exhibit) -> Standing:
    """Return what an exhibit stands on, through itself and what it was made from."""
    generations = [generation.id for generation in lineage(session, exhibit)]
    interviews = _interviews_with(session, generations)
    heard = _in_interviews(session, interviews, InterviewRole.INTERVIEWEE)
    links = session.scalars(select(ExhibitPerson).where(ExhibitPerson.exhibit_id.in_(generations))).all()
    found = [_leaning(link) for link in links if link.ended_at is None]
    found += [*heard, *_signatories(session, generations)]
    is_known = any(leaning.role in ORIGINS for leaning in found)
    return Standing(
        tuple(dict.fromkeys(found)),
        made_from=(*generations[1:], *interviews),
        is_orphaned=len(heard) < len(interviews),
        was_unlinked=not is_known and any(link.role is PersonRole.SOURCE for link in links),
    )


def lineage(session: Session, exhibit: Exhibit) -> list[Exhibit]:
    """Return an exhibit and everything it was made from, the original last, however long that is."""
    chain = [exhibit]
    while (origin := chain[-1].made_from_id) is not None:
        if any(generation.id == origin for generation in chain):
            raise ChainBroken(f"{exhibit.reference} is said to be made from itself.")
        chain.append(session.get_one(Exhibit, origin))
    return chain


def _interviews_with(session: Session, exhibit_ids: Sequence[UUID]) -> list[UUID]:
    query = select(InterviewExhibit.interview_id).where(
        InterviewExhibit.exhibit_id.in_(exhibit_ids),
        InterviewExhibit.role != ExhibitRole.SHOWN,
        InterviewExhibit.ended_at.is_(None),
    )
    return sorted(set(session.scalars(query)))


def _in_interviews(session: Session, interview_ids: Sequence[UUID], role: InterviewRole) -> list[Leaning]:
    persons = session.scalars(
        select(InterviewPerson.person_id)
        .where(
            InterviewPerson.interview_id.in_(interview_ids),
            InterviewPerson.role == role,
            InterviewPerson.ended_at.is_(None),
        )
        .order_by(InterviewPerson.interview_id, InterviewPerson.person_id)
    )
    needs_consent = role is InterviewRole.INTERVIEWEE
    return [Leaning(person, role.value, needs_consent) for person in persons]


def _signatories(session: Session, exhibit_ids: Sequence[UUID]) -> list[Leaning]:
    query = select(ConsentEvent.person_id, ConsentEvent.guardian_id).where(
        ConsentEvent.evidence_id.in_(exhibit_ids)
    )
    persons = {person for row in session.execute(query) for person in row if person is not None}
    return [Leaning(person, "signatory", needs_consent=True) for person in sorted(persons)]


def _leaning(link: ExhibitPerson) -> Leaning:
    needs_consent = link.role is PersonRole.SOURCE or link.basis is LinkBasis.CONSENT
    return Leaning(link.person_id, link.role.value, needs_consent, link.basis, link.basis_note)
