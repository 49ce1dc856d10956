"""Questions about interviews; each answers only with what exists for the one who asks."""

from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.orm import Session

from evidence_tracker.access.models import Account
from evidence_tracker.access.orders import After
from evidence_tracker.access.policy import visible
from evidence_tracker.access.records import PAGE, find, page
from evidence_tracker.casework.exhibits.models import Exhibit
from evidence_tracker.casework.interviews import gates, prior, wording
from evidence_tracker.casework.interviews.models import (
    AccountTranslation,
    AccountType,
    AnswerTranslation,
    Correction,
    Evaluation,
    ExceptionOutcome,
    ExhibitRole,
    Expense,
    Interview,
    InterviewException,
    InterviewExhibit,
    InterviewPerson,
    InterviewRole,
    InterviewState,
    Present,
    PriorAccount,
    Question,
)
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import NotFound

OfInterview = TypeVar(
    "OfInterview",
    AccountTranslation,
    Correction,
    Evaluation,
    Expense,
    InterviewException,
    Present,
    PriorAccount,
)


def find_interview(session: Session, reference: str, *, actor: Actor) -> Interview:
    """Return the interview with this reference if it exists for this actor, else ``NotFound``."""
    return find(session, Interview, reference.strip().upper(), actor=actor)


def list_interviews(
    session: Session,
    *,
    actor: Actor,
    mission: Mission | None = None,
    compartment_id: UUID | None = None,
    state: InterviewState | None = None,
    account_type: AccountType | None = None,
    person: Person | None = None,
    account_id: UUID | None = None,
    is_exception_asked: bool = False,
    after: After | None = None,
    limit: int = PAGE,
) -> Sequence[Interview]:
    """Return one page of interviews, newest first; ``after`` is the last row's (recorded_at, id).

    ``person``: those to which this person is linked in any role, as far as the link may be seen.
    ``account_id``: those that this colleague planned or was at. ``is_exception_asked``: those of
    which a request for an exception waits for its decision.
    """
    query = select(Interview)
    if mission is not None:
        query = query.where(Interview.mission_id == mission.id)
    if compartment_id is not None:
        query = query.where(Interview.compartment_id == compartment_id)
    if state is not None:
        query = query.where(Interview.state == state)
    if account_type is not None:
        query = query.where(Interview.account_type == account_type)
    if person is not None:
        linked = select(InterviewPerson.interview_id).where(
            InterviewPerson.person_id == person.id,
            InterviewPerson.ended_at.is_(None),
            visible(session, actor, InterviewPerson),
        )
        query = query.where(Interview.id.in_(linked))
    if account_id is not None:
        query = query.where(_concerns(session, account_id, actor))
    if is_exception_asked:
        query = query.where(Interview.id.in_(_waiting(session, actor)))
    return page(session, query, Interview, actor=actor, after=after, limit=limit)


def count_interviews(session: Session, *, actor: Actor, mission: Mission | None = None) -> int:
    """Return how many interviews were held, as far as they exist for this actor; plans do not count."""
    query = (
        select(func.count())
        .select_from(Interview)
        .where(Interview.state.in_(gates.HEARD), visible(session, actor, Interview))
    )
    if mission is not None:
        query = query.where(Interview.mission_id == mission.id)
    return session.scalar(query) or 0


def interviewees(session: Session, interviews: Sequence[Interview], *, actor: Actor) -> dict[UUID, Person]:
    """Return who was interviewed, by the interview's id, as far as link and person may be seen."""
    query = (
        select(InterviewPerson.interview_id, Person)
        .join(Person, Person.id == InterviewPerson.person_id)
        .where(
            InterviewPerson.interview_id.in_([interview.id for interview in interviews]),
            InterviewPerson.role == InterviewRole.INTERVIEWEE,
            InterviewPerson.ended_at.is_(None),
            visible(session, actor, InterviewPerson),
            visible(session, actor, Person),
        )
    )
    return {row.interview_id: row.Person for row in session.execute(query)}


def persons_of(
    session: Session, interview: Interview, *, actor: Actor
) -> Sequence[tuple[InterviewPerson, Person]]:
    """Return the live links of protected persons, the earliest first."""
    query = (
        select(InterviewPerson, Person)
        .join(Person, Person.id == InterviewPerson.person_id)
        .where(
            InterviewPerson.interview_id == interview.id,
            InterviewPerson.ended_at.is_(None),
            visible(session, actor, InterviewPerson),
            visible(session, actor, Person),
        )
        .order_by(InterviewPerson.recorded_at, InterviewPerson.id)
    )
    return [(link, person) for link, person in session.execute(query)]


def links_to(
    session: Session, person: Person, *, actor: Actor, limit: int
) -> Sequence[tuple[InterviewPerson, Interview]]:
    """Return a person's live links to interviews, newest first, where link and interview may be seen."""
    query = (
        select(InterviewPerson, Interview)
        .join(Interview, Interview.id == InterviewPerson.interview_id)
        .where(
            InterviewPerson.person_id == person.id,
            InterviewPerson.ended_at.is_(None),
            visible(session, actor, InterviewPerson),
            visible(session, actor, Interview),
        )
        .order_by(InterviewPerson.recorded_at.desc(), InterviewPerson.id.desc())
        .limit(limit)
    )
    return [(link, interview) for link, interview in session.execute(query)]


def exhibits_of(
    session: Session, interview: Interview, *, actor: Actor
) -> Sequence[tuple[InterviewExhibit, Exhibit]]:
    """Return the live links of exhibits, by reference."""
    query = (
        select(InterviewExhibit, Exhibit)
        .join(Exhibit, Exhibit.id == InterviewExhibit.exhibit_id)
        .where(
            InterviewExhibit.interview_id == interview.id,
            InterviewExhibit.ended_at.is_(None),
            visible(session, actor, InterviewExhibit),
            visible(session, actor, Exhibit),
        )
        .order_by(Exhibit.reference, InterviewExhibit.role)
    )
    return [(link, exhibit) for link, exhibit in session.execute(query)]


def interviews_with(session: Session, exhibit: Exhibit, *, actor: Actor) -> Sequence[Interview]:
    """Return the interviews an exhibit is linked to, by reference."""
    linked = select(InterviewExhibit.interview_id).where(
        InterviewExhibit.exhibit_id == exhibit.id,
        InterviewExhibit.ended_at.is_(None),
        visible(session, actor, InterviewExhibit),
    )
    query = select(Interview).where(Interview.id.in_(linked), visible(session, actor, Interview))
    return session.scalars(query.order_by(Interview.reference)).all()


def present_at(session: Session, interview: Interview, *, actor: Actor) -> Sequence[Present]:
    """Return who was there beside the interviewee, as recorded."""
    return [row for row in _of(session, Present, interview, actor) if row.ended_at is None]


def bearers(session: Session, present: Sequence[Present]) -> dict[UUID, str]:
    """Return the code or the login of those who were there, by the entry's id, in one query."""
    wanted = {row.account_id for row in present if row.account_id is not None}
    accounts = session.execute(select(Account.id, Account.login).where(Account.id.in_(wanted)))
    logins = {row.id: row.login for row in accounts}
    return {row.id: row.code or logins.get(row.account_id, "") for row in present}


def person_link(session: Session, interview: Interview, person: Person, *, actor: Actor) -> InterviewPerson:
    """Return the live link of a person, else ``NotFound``."""
    for link, linked in persons_of(session, interview, actor=actor):
        if linked.id == person.id:
            return link
    raise NotFound(f"{person.code} is not linked to {interview.reference}.")


def exhibit_link(
    session: Session, interview: Interview, exhibit: Exhibit, role: ExhibitRole, *, actor: Actor
) -> InterviewExhibit:
    """Return the live link of an exhibit in one role, else ``NotFound``."""
    for link, linked in exhibits_of(session, interview, actor=actor):
        if linked.id == exhibit.id and link.role is role:
            return link
    raise NotFound(f"{exhibit.reference} is not linked to {interview.reference} as {role.value}.")


def questions_of(session: Session, interview: Interview, *, actor: Actor) -> Sequence[Question]:
    """Return the questions and answers in their order."""
    query = select(Question).where(Question.interview_id == interview.id, visible(session, actor, Question))
    return session.scalars(query.order_by(Question.position)).all()


def answer_translations(
    session: Session, interview: Interview, *, actor: Actor
) -> dict[UUID, list[AnswerTranslation]]:
    """Return the translations of questions and answers, by the question's id, in one query."""
    query = (
        select(AnswerTranslation)
        .join(Question, Question.id == AnswerTranslation.question_id)
        .where(Question.interview_id == interview.id, visible(session, actor, AnswerTranslation))
        .order_by(AnswerTranslation.recorded_at, AnswerTranslation.id)
    )
    found: dict[UUID, list[AnswerTranslation]] = {}
    for row in session.scalars(query):
        found.setdefault(row.question_id, []).append(row)
    return found


def account_translations(
    session: Session, interview: Interview, *, actor: Actor
) -> Sequence[AccountTranslation]:
    """Return the translations of the account, each with the wording it was made from."""
    return _of(session, AccountTranslation, interview, actor)


def prior_accounts(session: Session, interview: Interview, *, actor: Actor) -> Sequence[PriorAccount]:
    """Return the accounts given to others that this interview noted."""
    return _of(session, PriorAccount, interview, actor)


def corrections(session: Session, interview: Interview, *, actor: Actor) -> Sequence[Correction]:
    """Return what the interviewee corrected, in order."""
    return _of(session, Correction, interview, actor)


def expenses(session: Session, interview: Interview, *, actor: Actor) -> Sequence[Expense]:
    """Return what was reimbursed."""
    return _of(session, Expense, interview, actor)


def evaluations(session: Session, interview: Interview, *, actor: Actor) -> Sequence[Evaluation]:
    """Return what we think of the account, the newest last."""
    return _of(session, Evaluation, interview, actor)


def exceptions(session: Session, interview: Interview, *, actor: Actor) -> Sequence[InterviewException]:
    """Return the requests to go beyond a screening, with their decisions."""
    return _of(session, InterviewException, interview, actor)


def waiting_exception(session: Session, interview: Interview, *, actor: Actor) -> InterviewException:
    """Return the request that waits for its decision, else ``NotFound``."""
    for row in exceptions(session, interview, actor=actor):
        if row.outcome is ExceptionOutcome.ASKED:
            return row
    raise NotFound(f"No exception for {interview.reference} waits for a decision.")


def undecided_exceptions(
    session: Session, *, actor: Actor, limit: int = PAGE
) -> Sequence[tuple[InterviewException, Interview]]:
    """Return the requests that wait for a decision, the oldest first."""
    query = (
        select(InterviewException, Interview)
        .join(Interview, Interview.id == InterviewException.interview_id)
        .where(
            InterviewException.outcome == ExceptionOutcome.ASKED,
            visible(session, actor, InterviewException),
            visible(session, actor, Interview),
        )
        .order_by(InterviewException.recorded_at, InterviewException.id)
        .limit(limit)
    )
    return [(row, interview) for row, interview in session.execute(query)]


def missing(session: Session, interview: Interview, *, actor: Actor) -> list[gates.Unmet]:
    """Return what stands before the next step: beginning, the account, closing; empty where nothing does.

    Only whoever may see the interviewee is told, since it says something of that person.
    """
    if not interviewees(session, [interview], actor=actor):
        return []
    if interview.state is InterviewState.PLANNED:
        recorded = gates.interviewers_of(session, interview) or {actor.account_id}
        return gates.for_beginning(session, interview, interviewers=recorded, actor=actor)
    if interview.state is not InterviewState.UNDER_WAY:
        return []
    is_open = interview.first_account is None and interview.account_type is not AccountType.SCREENING
    if is_open and not interview.stopped_at_wish and not gates.questions_asked(session, interview):
        return gates.for_account(session, interview, actor=actor)
    return gates.for_closing(session, interview, unread_reason=None, actor=actor)


def warnings(session: Session, interview: Interview, *, actor: Actor) -> list[str]:
    """Return what is to be thought of without closing the way, one sentence each."""
    person = interviewees(session, [interview], actor=actor).get(interview.id)
    found = [] if person is None else prior.warnings(session, person, actor=actor, besides=interview)
    if interview.first_account is not None and interview.language is not None:
        found += [
            f"The account {words}."
            for words in wording.of_account(
                interview.first_account, interview.language, interview.account_type
            )
        ]
    flagged = [row.position for row in questions_of(session, interview, actor=actor) if row.warnings]
    if flagged:
        found.append(f"The wording of these questions is to be looked at: {', '.join(map(str, flagged))}.")
    if interview.state in gates.HEARD:
        found += _of_setting(interview)
    return found


def _concerns(session: Session, account_id: UUID, actor: Actor) -> ColumnElement[bool]:
    there = select(Present.interview_id).where(
        Present.account_id == account_id, Present.ended_at.is_(None), visible(session, actor, Present)
    )
    return or_(Interview.recorded_by == account_id, Interview.id.in_(there))


def _waiting(session: Session, actor: Actor) -> Select[UUID]:
    return select(InterviewException.interview_id).where(
        InterviewException.outcome == ExceptionOutcome.ASKED, visible(session, actor, InterviewException)
    )


def _of_setting(interview: Interview) -> list[str]:
    # A record of questioning names place and circumstances (ICC Rule 111, which ours is modelled on).
    found = []
    if interview.place is None and not interview.is_remote:
        found.append("Its place is not recorded.")
    if interview.is_private is None:
        found.append("It is not recorded whether it was held in private.")
    if interview.is_remote and not interview.is_encrypted:
        found.append("It was held over a platform that is not said to be encrypted.")
    return found


def _of(
    session: Session, model: type[OfInterview], interview: Interview, actor: Actor
) -> Sequence[OfInterview]:
    columns: Any = model
    query = select(model).where(columns.interview_id == interview.id, visible(session, actor, model))
    return session.scalars(query.order_by(columns.recorded_at, columns.id)).all()
