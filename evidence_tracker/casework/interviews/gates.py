"""What must hold before an interview may be planned, begun, written down or closed (standards.md 2.4).

Each condition that is missing is said with who can meet or lift it, all of them at once. A
gate sees every instruction, consent and prior account, whatever the actor may read: a
hidden one would open it. It tells no more of them than that they stand, and names nobody.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from evidence_tracker.access import drafts
from evidence_tracker.access.levels import Level
from evidence_tracker.casework.consent.gates import Reason
from evidence_tracker.casework.interviews.conditions import Condition, Unmet, refuse
from evidence_tracker.casework.interviews.models import (
    AccountType,
    ExceptionOutcome,
    Interview,
    InterviewException,
    InterviewPerson,
    InterviewRole,
    InterviewState,
    IntroductionPoint,
    Present,
    PresentRole,
    PriorAccount,
    Question,
)
from evidence_tracker.casework.interviews.permission import has_safeguards, storage_decision
from evidence_tracker.casework.missions.models import CompetenceCategory, Mission
from evidence_tracker.casework.missions.queries import competence, competent_members
from evidence_tracker.casework.parties.models import InstructionKind
from evidence_tracker.casework.parties.queries import instructions_against
from evidence_tracker.casework.persons.models import Person, Referral
from evidence_tracker.custody.events import Actor
from evidence_tracker.values.place import Place

# What the other modules of this room, and the doors, read through the gates.
__all__ = ["Condition", "Unmet", "refuse"]

DRAFT = "interview-account"
HEARD = frozenset({InterviewState.UNDER_WAY, InterviewState.CLOSED, InterviewState.REVIEWED})
_INSTRUCTED = (InstructionKind.DO_NOT_INTERVIEW, InstructionKind.DO_NOT_CONTACT)
_ADD_EXCEPTION = (
    "Ask for an exception, which somebody else with the right to approve exceptions decides; "
    "until then only a screening and a referral are possible."
)


def categories_of(person: Person) -> list[CompetenceCategory]:
    """Return the competences that a person's flags ask of whoever goes beyond a screening."""
    flags = {
        CompetenceCategory.CHILD: person.is_child,
        CompetenceCategory.CRSV: person.is_crsv_survivor,
        CompetenceCategory.TRAUMA: person.is_severely_traumatised,
    }
    return [category for category, is_set in flags.items() if is_set]


def floor(person: Person) -> Level:
    """Return the lowest level an account of this person may have."""
    return Level.RESTRICTED if person.is_child or person.is_crsv_survivor else Level.CONFIDENTIAL


def interviewee_of(session: Session, interview: Interview) -> Person | None:
    """Return the live interviewee, whoever asks: for gates and acts, not for a door."""
    query = (
        select(Person)
        .join(InterviewPerson, InterviewPerson.person_id == Person.id)
        .where(
            InterviewPerson.interview_id == interview.id,
            InterviewPerson.role == InterviewRole.INTERVIEWEE,
            InterviewPerson.ended_at.is_(None),
        )
    )
    return session.scalars(query).one_or_none()


def mission_of(session: Session, interview: Interview) -> Mission | None:
    """Return the mission an interview belongs to, whoever asks."""
    return None if interview.mission_id is None else session.get_one(Mission, interview.mission_id)


def interviewers_of(session: Session, interview: Interview) -> set[UUID]:
    """Return the accounts of those who put the questions."""
    query = select(Present.account_id).where(
        Present.interview_id == interview.id,
        Present.role.in_([PresentRole.INTERVIEWER, PresentRole.CLINICIAN]),
        Present.account_id.is_not(None),
        Present.ended_at.is_(None),
    )
    return {found for found in session.scalars(query) if found is not None}


def for_planning(
    session: Session, person: Person, *, mission: Mission | None, place: Place | None, actor: Actor
) -> list[Unmet]:
    """Return what forbids planning an interview with this person here at all."""
    areas = _areas(mission, place)
    return [*_instruction(session, person, areas, actor), *_prior(session, person)]


def for_beginning(
    session: Session, interview: Interview, *, interviewers: Collection[UUID], actor: Actor
) -> list[Unmet]:
    """Return what is missing before the first word is exchanged."""
    person = interviewee_of(session, interview)
    if person is None:
        return _no_interviewee()
    unmet = [*_standing_orders(session, interview, person, actor)]
    unmet += _depth(session, interview, person, interviewers)
    unmet += _clinical(session, interview, interviewers, "the clinician is not there as interviewer")
    if interview.is_remote and not interview.platform:
        unmet.append(
            Unmet(
                "the platform is not stated",
                "The interviewer names the platform and says whether it is encrypted.",
                Condition.PLATFORM,
            )
        )
    return unmet


def for_leads(session: Session, interview: Interview, *, actor: Actor) -> list[Unmet]:
    """Return what is missing before anything the interviewee says is kept."""
    person = interviewee_of(session, interview)
    return _no_interviewee() if person is None else _before_words(session, interview, person, actor)


def for_keeping(session: Session, interview: Interview) -> list[Unmet]:
    """Return what is missing before words that are kept are worked on: the consent, if it was taken back."""
    person = interviewee_of(session, interview)
    return _no_interviewee() if person is None else storage_missing(session, interview, person)


def for_account(session: Session, interview: Interview, *, actor: Actor) -> list[Unmet]:
    """Return what is missing before an account, or a question with its answer, is kept."""
    person = interviewee_of(session, interview)
    if person is None:
        return _no_interviewee()
    unmet = _before_words(session, interview, person, actor)
    if interview.account_type is AccountType.SCREENING:
        advice = (
            _ADD_EXCEPTION if categories_of(person) else "Whoever holds it changes the type of account first."
        )
        unmet.append(
            Unmet("a screening holds no account, only leads and referrals", advice, Condition.SCREENING)
        )
    unmet += _depth(session, interview, person, interviewers_of(session, interview))
    unmet += _clinical(session, interview, {actor.account_id}, f"{actor.login} is no clinician")
    return unmet


def for_closing(
    session: Session, interview: Interview, *, unread_reason: str | None, actor: Actor
) -> list[Unmet]:
    """Return what is missing before an interview can be closed."""
    person = interviewee_of(session, interview)
    if person is None:
        return _no_interviewee()
    unmet = [] if interview.stopped_at_wish else introduction_missing(interview)
    unmet += _unrecorded(session, interview, unread_reason)
    if drafts.read(session, kind=DRAFT, subject_id=interview.id, actor=actor) is not None:
        advice = "Its author saves or discards it."
        unmet.append(Unmet("your draft is neither saved nor discarded", advice, Condition.DRAFT))
    if categories_of(person) and interview.account_type is AccountType.SCREENING:
        offered = select(func.count()).select_from(Referral).where(Referral.person_id == person.id)
        if not session.scalar(offered):
            unmet.append(
                Unmet(
                    "no help was offered to the interviewee",
                    "The interviewer offers a referral and records it.",
                    Condition.HELP,
                )
            )
    return unmet


def introduction_missing(interview: Interview) -> list[Unmet]:
    """Return the points of the introduction that were not explained, as one condition."""
    missing = [
        point.value.replace("-", " ") for point in IntroductionPoint if point not in interview.introduction
    ]
    if not missing:
        return []
    advice = "The interviewer explains it and records when."
    return [Unmet(f"not explained yet: {', '.join(missing)}", advice, Condition.INTRODUCTION)]


def storage_missing(session: Session, interview: Interview, person: Person) -> list[Unmet]:
    """Return the consent to storage as a condition, where it does not live or lacks a child's safeguards."""
    decision = storage_decision(session, interview, person)
    if not decision.allowed:
        return [
            Unmet(
                f"the interviewee has not allowed us to keep the account ({decision.reason.value})",
                "The person alone can give it; record it as consent."
                if decision.reason in {Reason.NEVER_ASKED, Reason.NOT_COVERED, Reason.EXPIRED, Reason.NOT_YET}
                else "The person alone can change it; nobody may press for that.",
                Condition.STORAGE,
            )
        ]
    if has_safeguards(session, person, decision):
        return []
    return [
        Unmet(
            "the consent of the child lacks the guardian or the child's own assent",
            "A specialist takes the consent again, with both.",
            Condition.STORAGE,
        )
    ]


def competent(
    session: Session, mission_id: UUID | None, account_id: UUID, categories: Iterable[CompetenceCategory]
) -> list[CompetenceCategory]:
    """Return those categories in which an account is not competent now (of a mission: not on its team)."""
    mission = None if mission_id is None else session.get_one(Mission, mission_id)
    return [
        category
        for category in categories
        if (
            competence(session, account_id, category) is None
            if mission is None
            else account_id not in competent_members(session, mission, category)
        )
    ]


def approved_exceptions(
    session: Session, interview: Interview, categories: Collection[CompetenceCategory]
) -> list[InterviewException]:
    """Return the approved exceptions for the depth the interview has now that cover these categories."""
    query = select(InterviewException).where(
        InterviewException.interview_id == interview.id,
        InterviewException.account_type == interview.account_type,
        InterviewException.outcome == ExceptionOutcome.APPROVED,
    )
    approved = session.scalars(query.order_by(InterviewException.recorded_at, InterviewException.id))
    return [row for row in approved if {category.value for category in categories} <= set(row.categories)]


def _before_words(session: Session, interview: Interview, person: Person, actor: Actor) -> list[Unmet]:
    return [
        *_standing_orders(session, interview, person, actor),
        *introduction_missing(interview),
        *storage_missing(session, interview, person),
    ]


def _standing_orders(session: Session, interview: Interview, person: Person, actor: Actor) -> list[Unmet]:
    areas = _areas(mission_of(session, interview), interview.place)
    return [*_instruction(session, person, areas, actor), *_prior(session, person)]


def _instruction(session: Session, person: Person, areas: list[str], actor: Actor) -> list[Unmet]:
    standing = instructions_against(
        session, kinds=_INSTRUCTED, actor=actor, person_code=person.code, areas=areas
    )
    if not standing.is_blocked:
        return []
    shown = ", ".join(instruction.reference for instruction in standing.shown)
    return [
        Unmet(
            "an investigating body asked us not to interview this person, or not in this area"
            f"{f' ({shown})' if shown else ''}",
            "Only that body can lift it; a lead or approver records the lifting.",
            Condition.INSTRUCTION,
        )
    ]


def _prior(session: Session, person: Person) -> list[Unmet]:
    marked = accounts_elsewhere(person).where(PriorAccount.is_do_not_interview)
    if session.scalars(marked.limit(1)).first() is None:
        return []
    return [
        Unmet(
            "a body that has an account of this person asked us not to interview them",
            "Only that body can lift it; a lead or approver amends the prior account.",
            Condition.PRIOR_ACCOUNT,
        )
    ]


def _depth(
    session: Session, interview: Interview, person: Person, interviewers: Collection[UUID]
) -> list[Unmet]:
    categories = categories_of(person)
    if interview.account_type is AccountType.SCREENING or not categories:
        return []
    named = ", ".join(category.value for category in categories)
    approved = approved_exceptions(session, interview, categories)
    if not approved:
        what = f"more than a screening with this person ({named}) has no approved exception"
        return [Unmet(what, _ADD_EXCEPTION, Condition.EXCEPTION)]
    there = {row.interviewer_id for row in approved} & set(interviewers)
    if not there:
        return [
            Unmet(
                "the interviewer named in the exception is not there",
                "That interviewer holds the interview, or a new exception names another one.",
                Condition.EXCEPTION,
            )
        ]
    if any(not competent(session, interview.mission_id, one, categories) for one in there):
        return []
    return [
        Unmet(
            f"the interviewer named in the exception is no longer competent for all of: {named}",
            "A lead or approver records a competence that is live, or a new exception names another one.",
            Condition.EXCEPTION,
        )
    ]


def _clinical(
    session: Session, interview: Interview, accounts: Collection[UUID], otherwise: str
) -> list[Unmet]:
    if interview.account_type is not AccountType.CLINICAL:
        return []
    if any(competence(session, one, CompetenceCategory.CLINICIAN) is not None for one in accounts):
        return []
    return [
        Unmet(
            f"a clinical account is taken by clinicians only, and {otherwise}",
            "A clinician with a live licence on record does it.",
            Condition.CLINICIAN,
        )
    ]


def _unrecorded(session: Session, interview: Interview, unread_reason: str | None) -> list[Unmet]:
    if interview.account_type is AccountType.SCREENING:
        return []
    questions = questions_asked(session, interview)
    if interview.first_account is None and not questions:
        if interview.stopped_at_wish:
            return []
        advice = "The interviewer records it, or makes the interview a screening."
        return [Unmet("no account was recorded", advice, Condition.ACCOUNT)]
    if interview.read_back_at is None:
        if unread_reason or interview.stopped_at_wish:
            return []
        advice = "The interviewer reads it back, or states the reason why it was not."
        return [Unmet("the account was not read back", advice, Condition.READ_BACK)]
    if questions > (interview.read_back_questions or 0):
        advice = "The interviewer reads those back too."
        return [Unmet("questions were added since the read-back", advice, Condition.READ_BACK)]
    return []


def accounts_elsewhere(person: Person) -> Select[PriorAccount]:
    """Return the query for all accounts that a person gave to others, whichever interview noted them."""
    return (
        select(PriorAccount)
        .join(InterviewPerson, InterviewPerson.interview_id == PriorAccount.interview_id)
        .where(
            InterviewPerson.person_id == person.id,
            InterviewPerson.role == InterviewRole.INTERVIEWEE,
            InterviewPerson.ended_at.is_(None),
        )
        .order_by(PriorAccount.recorded_at, PriorAccount.id)
    )


def questions_asked(session: Session, interview: Interview) -> int:
    """Return how many questions are on record."""
    query = select(func.count()).select_from(Question).where(Question.interview_id == interview.id)
    return session.scalar(query) or 0


def _no_interviewee() -> list[Unmet]:
    advice = "Whoever plans it links the person as interviewee."
    return [Unmet("it has no interviewee", advice, Condition.INTERVIEWEE)]


def _areas(mission: Mission | None, place: Place | None) -> list[str]:
    areas = [] if place is None else [place.name, place.current_name or ""]
    if mission is not None:
        areas += [mission.area or "", *(str(one["name"]) for one in mission.places)]
    return [area for area in areas if area.strip()]
