"""Closing an interview: reading back, correcting, closing; then evaluation and a second person's review.

What was read back is never rewritten: what the interviewee changes stands beside it as a
correction. What we think of the account is kept apart from it.
"""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance, amend, create
from evidence_tracker.casework.interviews import gates
from evidence_tracker.casework.interviews.declaration import DECLARATIONS, NEWEST
from evidence_tracker.casework.interviews.models import (
    Correction,
    Evaluation,
    Interview,
    InterviewState,
)
from evidence_tracker.casework.interviews.planning import past, require_state
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import GateClosed, InvalidInput, SecondPersonNeeded
from evidence_tracker.values.moment import Moment

_STOPPED = "stopped at the wish of the interviewee"
_RELIABILITY = "ABCDEF"


def reliability(value: object, what: str) -> str:
    """Return the reliability of a source: A (completely reliable) to F (cannot be judged)."""
    letter = stated.text(value, what).upper()
    if len(letter) != 1 or letter not in _RELIABILITY:
        raise InvalidInput(f"{value!r} is no {what}.", advice="Use A (best) to E, or F: cannot be judged.")
    return letter


def credibility(value: object, what: str) -> int:
    """Return the credibility of the information: 1 (confirmed) to 6 (cannot be judged)."""
    number = stated.whole(value, what)
    if not 1 <= number <= 6:
        raise InvalidInput(f"{number} is no {what}.", advice="Use 1 (best) to 5, or 6: cannot be judged.")
    return number


EVALUATION: Mapping[str, stated.Reader] = {
    "reliability": reliability,
    "credibility": credibility,
    "contradictions": stated.optional_text,
    "corroboration": stated.optional_text,
    "next_steps": stated.optional_text,
}


def read_back(
    session: Session,
    interview: Interview,
    *,
    actor: Actor,
    is_signed: bool,
    unsigned_reason: str | None = None,
    language: str | None = None,
    declaration_version: str | None = None,
    read: Moment | str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Record that the account was read back (None: now), in which language, and signed or why not.

    It covers the account and the questions recorded until then. A signature stands under a
    declaration, the newest where no version is stated.
    """
    _may(session, interview, actor)
    require_state(interview, {InterviewState.UNDER_WAY}, "the read-back")
    questions = gates.questions_asked(session, interview)
    if interview.first_account is None and not questions:
        raise GateClosed(
            f"{interview.reference} holds nothing to read back.", advice="Record the account first."
        )
    if interview.read_back_at is not None and questions == interview.read_back_questions:
        raise InvalidInput("All of this was read back before.", advice="Record changes as corrections.")
    moment = past(session, read, "time of the read-back")
    tongue = stated.language(language, "language") if language else interview.language
    if tongue is None:
        raise InvalidInput("The language of the read-back is not stated.", advice="State it: uk, ru, en …")
    return amend(
        session,
        interview,
        {
            "read_back": moment,
            "read_back_at": now(session),
            "read_back_language": tongue,
            "read_back_questions": questions,
            **_signature(is_signed, unsigned_reason, declaration_version),
        },
        actor=actor,
        expected_version=expected_version,
        occurred=moment,
        facts={"account_version": interview.account_version, "questions": questions},
    )


def correct(
    session: Session, interview: Interview, *, passage: str, correction: str, actor: Actor
) -> Correction:
    """Add what the interviewee corrected, at the read-back or later; nothing is overwritten by it."""
    _may(session, interview, actor)
    require_state(interview, set(gates.HEARD), "a correction")
    if interview.first_account is None and not gates.questions_asked(session, interview):
        raise GateClosed(
            f"{interview.reference} holds nothing to correct.", advice="Record the account first."
        )
    gates.refuse(interview.reference, "a correction", gates.for_keeping(session, interview))
    return create(
        session,
        Correction,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        interview_id=interview.id,
        passage=stated.text(passage, "passage"),
        correction=stated.text(correction, "correction"),
        made_at=now(session),
    )


def close_interview(
    session: Session,
    interview: Interview,
    *,
    actor: Actor,
    ended: Moment | str | None = None,
    unread_reason: str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Close an interview that is under way (``ended`` None: now, or when it was stopped).

    Needs the introduction, an account (unless it is a screening or was stopped) and its
    read-back, or ``unread_reason``; of a screening with somebody easily harmed, an offer of help.
    """
    _may(session, interview, actor)
    require_state(interview, {InterviewState.UNDER_WAY}, "closing")
    reason = stated.optional_text(unread_reason, "reason why it was not read back")
    if reason and interview.read_back_at is not None:
        raise InvalidInput("It was read back, so there is no reason why it was not.")
    gates.refuse(
        interview.reference,
        "closing",
        gates.for_closing(session, interview, unread_reason=reason, actor=actor),
    )
    if interview.read_back_at is None and interview.stopped_at_wish:
        reason = reason or _STOPPED
    moment = interview.ended if ended is None and interview.ended else past(session, ended, "end")
    stated.span(interview.started, moment)
    return amend(
        session,
        interview,
        {
            "state": InterviewState.CLOSED,
            "ended": moment,
            "unread_reason": reason,
            "closed_at": now(session),
        },
        actor=actor,
        expected_version=expected_version,
        verb=CustodyVerb.STATE_CHANGED,
        occurred=moment,
    )


def evaluate(session: Session, interview: Interview, facts: Mapping[str, Any], *, actor: Actor) -> Evaluation:
    """Record what we think of a closed interview; ``facts`` are the names of ``EVALUATION``."""
    _may(session, interview, actor)
    require_state(interview, {InterviewState.CLOSED}, "an evaluation")
    read = {**dict.fromkeys(EVALUATION), **stated.read(facts, EVALUATION)}
    if read["reliability"] is None or read["credibility"] is None:
        raise InvalidInput("An evaluation needs reliability and credibility.", advice="State A-F and 1-6.")
    return create(
        session,
        Evaluation,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        interview_id=interview.id,
        **read,
    )


def amend_evaluation(
    session: Session,
    evaluation: Evaluation,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Evaluation:
    """Change an evaluation that nobody has reviewed yet."""
    read = stated.read(changes, EVALUATION)
    if evaluation.quality_review is not None:
        raise GateClosed("This evaluation was reviewed and stays as it is.", advice="Record a new one.")
    return stated.amend_stated(session, evaluation, read, actor=actor, expected_version=expected_version)


def review_interview(
    session: Session,
    interview: Interview,
    *,
    quality_review: str,
    actor: Actor,
    expected_version: int | None = None,
) -> Interview:
    """Record a supervisor's review of how a closed interview was held; returns the interview.

    The words go to its newest evaluation. Nobody who planned, held or evaluated it can review it.
    """
    require(session, actor, Permission.SUPERVISE, interview.compartment_id, level=interview.level)
    require_state(interview, {InterviewState.CLOSED}, "a review")
    words = stated.text(quality_review, "quality review")
    evaluations = session.scalars(
        select(Evaluation)
        .where(Evaluation.interview_id == interview.id)
        .order_by(Evaluation.recorded_at.desc(), Evaluation.id.desc())
    ).all()
    if not evaluations:
        raise GateClosed(
            f"{interview.reference} has no evaluation yet.", advice="The interviewer evaluates it first."
        )
    _second_person(session, interview, evaluations[0], actor)
    amend(
        session,
        evaluations[0],
        {"quality_review": words},
        actor=actor,
        permission=Permission.SUPERVISE,
        verb=CustodyVerb.SIGNED_OFF,
    )
    return amend(
        session,
        interview,
        {"state": InterviewState.REVIEWED, "reviewed_by": actor.account_id, "reviewed_at": now(session)},
        actor=actor,
        expected_version=expected_version,
        permission=Permission.SUPERVISE,
        verb=CustodyVerb.SIGNED_OFF,
    )


def _signature(is_signed: bool, unsigned_reason: str | None, version: str | None) -> dict[str, Any]:  # noqa: FBT001
    reason = stated.optional_text(unsigned_reason, "reason why it was not signed")
    if is_signed == (reason is not None):
        raise InvalidInput(
            "A read-back ends with a signature, or with the reason why there is none.",
            advice="State one of them.",
        )
    declared = (version or NEWEST) if is_signed else version
    if declared is not None and declared not in DECLARATIONS:
        raise InvalidInput(
            f"There is no declaration {declared!r}.", advice=f"Choose one of: {', '.join(DECLARATIONS)}."
        )
    return {"is_signed": is_signed, "unsigned_reason": reason, "declaration_version": declared}


def _second_person(session: Session, interview: Interview, evaluation: Evaluation, actor: Actor) -> None:
    involved = {
        interview.recorded_by: "planned",
        evaluation.recorded_by: "evaluated",
        **dict.fromkeys(gates.interviewers_of(session, interview), "held"),
    }
    if actor.account_id in involved:
        raise SecondPersonNeeded(
            f"{actor.login} {involved[actor.account_id]} interview {interview.reference} and cannot review it."
        )


def _may(session: Session, interview: Interview, actor: Actor) -> None:
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
