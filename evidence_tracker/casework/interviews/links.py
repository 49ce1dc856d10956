"""Links of an interview to persons and exhibits: made, and ended with a reason, never removed."""

from collections.abc import Mapping
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create, needed
from evidence_tracker.casework.exhibits.models import Exhibit, ExhibitKind
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import (
    ExhibitRole,
    Interview,
    InterviewExhibit,
    InterviewPerson,
    InterviewRole,
    InterviewState,
)
from evidence_tracker.casework.interviews.planning import link_interviewee, require_state
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput

AnyLink = TypeVar("AnyLink", InterviewPerson, InterviewExhibit)

DETAILS: Mapping[str, stated.Reader] = {
    "note": stated.optional_text,
    "is_announced": stated.optional(stated.yes_or_no),
    "gaps": stated.optional_text,
    "shows_nobody": stated.optional(stated.yes_or_no),
}
_PICTURES = frozenset({ExhibitKind.PHOTO, ExhibitKind.VIDEO, ExhibitKind.ONLINE_CAPTURE})


def link_person(
    session: Session, interview: Interview, person: Person, role: InterviewRole | str, *, actor: Actor
) -> InterviewPerson:
    """Link a protected person in a role; there is one interviewee, as groups are not interviewed.

    A new interviewee (after a wrong one was unlinked) meets the gates of planning.
    """
    what = stated.word(InterviewRole)(role, "role")
    level = max(interview.level, person.level, key=_rank)
    require(session, actor, Permission.RECORD, interview.compartment_id, level=level)
    require(session, actor, Permission.READ, person.compartment_id, level=person.level)
    if _live_person(session, interview, person) is not None:
        raise InvalidInput(f"{person.code} is linked to {interview.reference} already.")
    if what is InterviewRole.INTERVIEWEE:
        _check_interviewee(session, interview, person, actor)
        return link_interviewee(session, interview, person, actor=actor)
    return create(
        session,
        InterviewPerson,
        compartment_id=interview.compartment_id,
        governance=Governance(level, interview.purpose, interview.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        interview_id=interview.id,
        person_id=person.id,
        role=what,
    )


def end_person_link(session: Session, link: InterviewPerson, *, reason: str, actor: Actor) -> InterviewPerson:
    """End a wrong link. The interviewee stays linked once the interview has begun: consent hangs on it."""
    require(session, actor, Permission.RECORD, link.compartment_id, level=link.level)
    interview = session.get_one(Interview, link.interview_id)
    if link.role is InterviewRole.INTERVIEWEE:
        require_state(interview, {InterviewState.PLANNED}, "another interviewee")
    return _end(session, link, reason, actor)


def link_exhibit(
    session: Session,
    interview: Interview,
    exhibit: Exhibit,
    role: ExhibitRole | str,
    *,
    actor: Actor,
    facts: Mapping[str, Any] | None = None,
) -> InterviewExhibit:
    """Link an exhibit in a role; ``facts`` are the names of ``DETAILS``.

    What is shown to the interviewee is shown after the first account, with a note why; a
    picture only where nobody is in it, as photo line-ups are for the authorities.
    """
    what = stated.word(ExhibitRole)(role, "role")
    level = max(interview.level, exhibit.level, key=_rank)
    require(session, actor, Permission.RECORD, interview.compartment_id, level=level)
    require(session, actor, Permission.READ, exhibit.compartment_id, level=exhibit.level)
    require_state(interview, set(gates.HEARD), "an exhibit")
    read = {**dict.fromkeys(DETAILS), **stated.read(facts or {}, DETAILS)}
    if what is ExhibitRole.SHOWN:
        _check_shown(interview, exhibit, read)
    if _live_exhibit(session, interview, exhibit, what) is not None:
        raise InvalidInput(f"{exhibit.reference} is linked to {interview.reference} as {what.value} already.")
    return create(
        session,
        InterviewExhibit,
        compartment_id=interview.compartment_id,
        governance=Governance(level, interview.purpose, interview.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        interview_id=interview.id,
        exhibit_id=exhibit.id,
        role=what,
        **read,
    )


def end_exhibit_link(
    session: Session, link: InterviewExhibit, *, reason: str, actor: Actor
) -> InterviewExhibit:
    """End a link that is wrong; it stays on record with the reason."""
    return _end(session, link, reason, actor)


def _check_interviewee(session: Session, interview: Interview, person: Person, actor: Actor) -> None:
    require_state(interview, {InterviewState.PLANNED}, "another interviewee")
    if gates.interviewee_of(session, interview) is not None:
        raise GateClosed(
            f"{interview.reference} has its interviewee; several people are never interviewed together.",
            advice="Plan an interview for each of them.",
        )
    unmet = gates.for_planning(
        session, person, mission=gates.mission_of(session, interview), place=interview.place, actor=actor
    )
    gates.refuse(person.code, "planning an interview", unmet)
    if gates.floor(person).rank > interview.level.rank:
        raise InvalidInput(
            f"The interview is {interview.level}; one with {person.code} is at least {gates.floor(person)}.",
            advice="Raise its level first.",
        )


def _check_shown(interview: Interview, exhibit: Exhibit, read: Mapping[str, Any]) -> None:
    unmet = []
    if interview.first_account is None:
        unmet.append(
            gates.Unmet("nothing is shown before the account is recorded", "Record the account first.")
        )
    if not read["note"]:
        unmet.append(gates.Unmet("it is not said why it was shown", "State it in the note."))
    if exhibit.kind in _PICTURES and not read["shows_nobody"]:
        what = "it is not stated that nobody is in the picture"
        unmet.append(gates.Unmet(what, "State it; pictures of persons are shown by the authorities only."))
    gates.refuse(interview.reference, f"showing {exhibit.reference}", unmet)


def _live_person(session: Session, interview: Interview, person: Person) -> InterviewPerson | None:
    return session.scalars(
        select(InterviewPerson).where(
            InterviewPerson.interview_id == interview.id,
            InterviewPerson.person_id == person.id,
            InterviewPerson.ended_at.is_(None),
        )
    ).first()


def _live_exhibit(
    session: Session, interview: Interview, exhibit: Exhibit, role: ExhibitRole
) -> InterviewExhibit | None:
    return session.scalars(
        select(InterviewExhibit).where(
            InterviewExhibit.interview_id == interview.id,
            InterviewExhibit.exhibit_id == exhibit.id,
            InterviewExhibit.role == role,
            InterviewExhibit.ended_at.is_(None),
        )
    ).first()


def _end(session: Session, link: AnyLink, reason: str, actor: Actor) -> AnyLink:
    if link.ended_at is not None:
        raise InvalidInput("This link was ended before.")
    changes = {"ended_at": now(session), "ended_reason": needed(reason, "The reason")}
    return amend(session, link, changes, actor=actor, verb=CustodyVerb.UNLINKED)


def _rank(level: Level) -> int:
    return level.rank
