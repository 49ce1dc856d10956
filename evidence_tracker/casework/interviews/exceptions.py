"""Going further than a screening with somebody easily harmed: one asks, another decides.

The rule is that a child, a survivor of conflict-related sexual violence and a severely
traumatised person are screened, referred and left to the authority that will use the
account. The exception needs a ground, a justification, a named specialist and the approval
of somebody who does none of the interviewing.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import notices, stated
from evidence_tracker.access.models import Account
from evidence_tracker.access.notices import NoticeKind
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.models import (
    AccountType,
    ExceptionGround,
    ExceptionOutcome,
    Interview,
    InterviewException,
    InterviewState,
)
from evidence_tracker.casework.interviews.planning import require_state
from evidence_tracker.casework.missions.models import CompetenceCategory
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput, SecondPersonNeeded

READERS: Mapping[str, stated.Reader] = {
    "account_type": stated.word(AccountType),
    "ground": stated.word(ExceptionGround),
    "justification": stated.text,
}
_OPEN = {InterviewState.PLANNED, InterviewState.UNDER_WAY}


def ask_exception(
    session: Session, interview: Interview, facts: Mapping[str, Any], *, interviewer: Account, actor: Actor
) -> InterviewException:
    """Ask to go beyond a screening; returns the request, which opens nothing by itself.

    ``facts``: ``account_type``, ``ground`` and ``justification``. ``interviewer`` is the
    specialist who would hold the interview.
    """
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
    require_state(interview, _OPEN, "an exception")
    read = stated.read(facts, READERS)
    missing = sorted(READERS.keys() - read.keys())
    if missing:
        raise InvalidInput(f"An exception needs its {', '.join(missing)}.", advice="State them.")
    categories = _categories(session, interview)
    if read["account_type"] is AccountType.SCREENING:
        raise InvalidInput("A screening needs no exception.")
    if not categories:
        raise InvalidInput(
            f"The interviewee of {interview.reference} needs no exception.",
            advice="Change the type of account; no flag of the person stands against it.",
        )
    open_one = select(InterviewException.id).where(
        InterviewException.interview_id == interview.id,
        InterviewException.outcome == ExceptionOutcome.ASKED,
    )
    if session.scalar(open_one) is not None:
        raise InvalidInput(f"An exception for {interview.reference} waits for its decision already.")
    _call_supervisors(session, interview, interviewer, actor)
    return create(
        session,
        InterviewException,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        interview_id=interview.id,
        categories=[category.value for category in categories],
        interviewer_id=interviewer.id,
        outcome=ExceptionOutcome.ASKED,
        **read,
    )


def _call_supervisors(session: Session, interview: Interview, interviewer: Account, actor: Actor) -> None:
    involved = {interviewer.id, interview.recorded_by, *gates.interviewers_of(session, interview)}
    able = notices.holders(session, Permission.SUPERVISE, interview.compartment_id, level=interview.level)
    notices.tell(session, able - involved, NoticeKind.EXCEPTION_ASKED, interview, by=actor)


def approve_exception(
    session: Session,
    exception: InterviewException,
    *,
    actor: Actor,
    note: str | None = None,
    expected_version: int | None = None,
) -> InterviewException:
    """Approve a request; returns it. The interview then has the type of account it asked for.

    Needs the right to approve exceptions, somebody who neither asked nor interviews, and a
    specialist competent now in every category that the person's flags name now.
    """
    interview = _deciding(session, exception, actor)
    require_state(interview, _OPEN, "an exception")
    categories = _categories(session, interview)
    unmet = []
    if not {category.value for category in categories} <= set(exception.categories):
        what = "the person was found to be more easily harmed than the request says"
        unmet.append(gates.Unmet(what, "Refuse it, and ask again."))
    lacking = gates.competent(session, interview.mission_id, exception.interviewer_id, categories)
    if lacking:
        what = f"the named interviewer is not competent for {', '.join(lacking)}"
        if interview.mission_id is not None:
            what += ", or not on the team of the mission"
        unmet.append(
            gates.Unmet(what, "A lead or approver records the training and puts the specialist on the team.")
        )
    gates.refuse(interview.reference, "an exception", unmet)
    _decide(session, exception, ExceptionOutcome.APPROVED, note, actor, expected_version)
    if interview.account_type is not exception.account_type:
        amend(
            session,
            interview,
            {"account_type": exception.account_type},
            actor=actor,
            permission=Permission.SUPERVISE,
            verb=CustodyVerb.STATE_CHANGED,
            facts={"exception": str(exception.id)},
        )
    return exception


def refuse_exception(
    session: Session,
    exception: InterviewException,
    *,
    note: str,
    actor: Actor,
    expected_version: int | None = None,
) -> InterviewException:
    """Refuse a request, saying why; the interview stays a screening."""
    _deciding(session, exception, actor)
    reason = stated.text(note, "reason")
    return _decide(session, exception, ExceptionOutcome.REFUSED, reason, actor, expected_version)


def _deciding(session: Session, exception: InterviewException, actor: Actor) -> Interview:
    require(session, actor, Permission.SUPERVISE, exception.compartment_id, level=exception.level)
    if exception.outcome is not ExceptionOutcome.ASKED:
        raise GateClosed(
            f"This exception is {exception.outcome.value} already.", advice="Ask for another one."
        )
    interview = session.get_one(Interview, exception.interview_id)
    involved = {
        exception.recorded_by: "asked for it",
        exception.interviewer_id: "would hold the interview",
        interview.recorded_by: "planned the interview",
        **dict.fromkeys(gates.interviewers_of(session, interview), "interviews"),
    }
    if actor.account_id in involved:
        raise SecondPersonNeeded(
            f"{actor.login} {involved[actor.account_id]} and cannot decide this exception.",
            advice="Ask somebody else with the right to approve exceptions.",
        )
    return interview


def _decide(
    session: Session,
    exception: InterviewException,
    outcome: ExceptionOutcome,
    note: str | None,
    actor: Actor,
    expected_version: int | None,
) -> InterviewException:
    interview = session.get_one(Interview, exception.interview_id)
    asking = {exception.recorded_by, exception.interviewer_id}
    notices.tell(session, asking, NoticeKind.EXCEPTION_DECIDED, interview, by=actor)
    changes = {
        "outcome": outcome,
        "decided_by": actor.account_id,
        "decided_at": now(session),
        "decision_note": stated.optional_text(note, "note"),
    }
    return amend(
        session,
        exception,
        changes,
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE,
        verb=CustodyVerb.SIGNED_OFF,
    )


def _categories(session: Session, interview: Interview) -> list[CompetenceCategory]:
    person = gates.interviewee_of(session, interview)
    if person is None:
        raise GateClosed(f"{interview.reference} has no interviewee.", advice="Link the person first.")
    return gates.categories_of(person)
