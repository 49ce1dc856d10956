"""What is said: the first account, questions and answers, leads, and their translations.

The words of the interviewee are kept in the language they were spoken in; a translation is
a record beside them. Nothing is kept before the introduction is complete and the person
allows it to be kept; nothing is rewritten after it was read back (``closing.correct``).
"""

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.policy import Permission, require
from evidence_tracker.access.records import Governance, amend, create
from evidence_tracker.casework.interviews import gates, wording
from evidence_tracker.casework.interviews.drafting import discard_draft
from evidence_tracker.casework.interviews.models import (
    AccountTranslation,
    AnswerTranslation,
    Interview,
    InterviewState,
    Question,
    QuestionType,
)
from evidence_tracker.casework.interviews.planning import require_state
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import GateClosed, InvalidInput

_TIMECODE = re.compile(r"\d{1,3}:[0-5]\d:[0-5]\d(\.\d{1,3})?", re.ASCII)
_GOING = {InterviewState.UNDER_WAY}


def timecode(value: object, what: str) -> str:
    """Return a place in a recording, ``00:02:14`` with fractions where stated."""
    text = stated.text(value, what)
    if _TIMECODE.fullmatch(text) is None:
        raise InvalidInput(f"{text[:40]!r} is not a timecode.", advice="Write it as 00:02:14.")
    return text


QUESTION: Mapping[str, stated.Reader] = {
    "question": stated.text,
    "question_type": stated.word(QuestionType),
    "answer": stated.optional_text,
    "language": stated.language,
    "timecode": stated.optional(timecode),
}
TRANSLATION: Mapping[str, stated.Reader] = {
    "language": stated.language,
    "translator": stated.text,
    "certificate": stated.optional_text,
}


def record_account(
    session: Session,
    interview: Interview,
    text: str,
    *,
    actor: Actor,
    language: str | None = None,
    expected_version: int | None = None,
) -> Interview:
    """Save a wording of the account, in the interviewee's words; returns the interview.

    ``language`` is what it is written in, by default the interview's. Earlier wordings stay
    in the custody log. The author's draft is discarded with the saving.
    """
    _may(session, interview, actor)
    require_state(interview, _GOING, "an account")
    gates.refuse(interview.reference, "an account", gates.for_account(session, interview, actor=actor))
    _refuse_read_back(interview, "the account")
    account = stated.text(text, "account")
    tongue = stated.language(language, "language") if language else interview.language
    if tongue is None:
        raise InvalidInput("The language of the account is not stated.", advice="State it: uk, ru, en …")
    if account == interview.first_account and tongue == interview.language:
        raise InvalidInput("This wording is saved already.")
    number = (interview.account_version or 0) + 1
    changes: dict[str, Any] = {"first_account": account, "account_version": number, "language": tongue}
    person = gates.interviewee_of(session, interview)
    if person is not None and gates.floor(person).rank > interview.level.rank:
        changes["level"] = gates.floor(person)
    amend(
        session,
        interview,
        changes,
        actor=actor,
        expected_version=expected_version,
        facts={"account_version": number},
    )
    discard_draft(session, interview, actor=actor)
    return interview


def record_leads(
    session: Session, interview: Interview, leads: str, *, actor: Actor, expected_version: int | None = None
) -> Interview:
    """Save where to look next: other witnesses, documents, whom the person already told."""
    _may(session, interview, actor)
    require_state(interview, _GOING, "leads")
    gates.refuse(interview.reference, "keeping leads", gates.for_leads(session, interview, actor=actor))
    changes = {"leads": stated.text(leads, "leads")}
    return stated.amend_stated(session, interview, changes, actor=actor, expected_version=expected_version)


def record_question(
    session: Session, interview: Interview, facts: Mapping[str, Any], *, actor: Actor
) -> Question:
    """Record the next question and its answer, verbatim; ``facts`` are the names of ``QUESTION``.

    Its ``warnings`` are what the check of the wording found: it flags, it never refuses,
    since what was asked was asked.
    """
    _may(session, interview, actor)
    require_state(interview, _GOING, "a question")
    gates.refuse(interview.reference, "a question", gates.for_account(session, interview, actor=actor))
    read = {"language": interview.language, **stated.read(facts, QUESTION)}
    missing = [name for name in ("question", "question_type", "language") if read.get(name) is None]
    if missing:
        raise InvalidInput(f"A question needs its {', '.join(missing)}.", advice="State them.")
    return create(
        session,
        Question,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        interview_id=interview.id,
        position=gates.questions_asked(session, interview) + 1,
        **{**dict.fromkeys(QUESTION), **read},
        warnings=_warnings(interview, read),
    )


def amend_question(
    session: Session,
    question: Question,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Question:
    """Put a slip right in a question or answer that was not read back yet."""
    interview = session.get_one(Interview, question.interview_id)
    _may(session, interview, actor)
    require_state(interview, _GOING, "changing a question")
    gates.refuse(interview.reference, "a question", gates.for_account(session, interview, actor=actor))
    if question.position <= (interview.read_back_questions or 0):
        _refuse_read_back(interview, f"question {question.position}")
    read = stated.read(changes, QUESTION)
    after = {name: read.get(name, getattr(question, name)) for name in QUESTION}
    read["warnings"] = _warnings(interview, after)
    return stated.amend_stated(session, question, read, actor=actor, expected_version=expected_version)


def translate_account(
    session: Session, interview: Interview, text: str, facts: Mapping[str, Any], *, actor: Actor
) -> AccountTranslation:
    """Add a translation of the account as it is worded now; ``facts`` are the names of ``TRANSLATION``."""
    _may(session, interview, actor)
    if interview.first_account is None or interview.account_version is None:
        raise GateClosed(f"{interview.reference} holds no account yet.", advice="Record the account first.")
    gates.refuse(interview.reference, "a translation", gates.for_keeping(session, interview))
    read = _translation(facts, interview.language)
    return create(
        session,
        AccountTranslation,
        compartment_id=interview.compartment_id,
        governance=Governance.of(interview),
        actor=actor,
        interview_id=interview.id,
        account_version=interview.account_version,
        text=stated.text(text, "translation"),
        **read,
    )


def translate_answer(
    session: Session,
    question: Question,
    *,
    translated_question: str,
    translated_answer: str | None,
    facts: Mapping[str, Any],
    actor: Actor,
) -> AnswerTranslation:
    """Add a translation of a question and its answer as they stand; the original stays authoritative."""
    require(session, actor, Permission.RECORD, question.compartment_id, level=question.level)
    interview = session.get_one(Interview, question.interview_id)
    gates.refuse(interview.reference, "a translation", gates.for_keeping(session, interview))
    read = _translation(facts, question.language)
    answer = stated.optional_text(translated_answer, "translated answer")
    if (answer is None) != (question.answer is None):
        raise InvalidInput("Question and answer are translated together, both or neither.")
    return create(
        session,
        AnswerTranslation,
        compartment_id=question.compartment_id,
        governance=Governance.of(question),
        actor=actor,
        question_id=question.id,
        question_version=question.version,
        question=stated.text(translated_question, "translated question"),
        answer=answer,
        **read,
    )


def _translation(facts: Mapping[str, Any], original: str | None) -> dict[str, Any]:
    read = {**dict.fromkeys(TRANSLATION), **stated.read(facts, TRANSLATION)}
    missing = [name for name in ("language", "translator") if read[name] is None]
    if missing:
        raise InvalidInput(f"A translation needs its {', '.join(missing)}.", advice="State them.")
    if read["language"] == original:
        raise InvalidInput(f"The original is in {original} already.")
    return read


def _warnings(interview: Interview, read: Mapping[str, Any]) -> list[str]:
    return wording.of_question(
        read["question"], read["language"], read["question_type"], account_type=interview.account_type
    )


def _refuse_read_back(interview: Interview, what: str) -> None:
    if interview.read_back_at is not None:
        raise GateClosed(
            f"{what.capitalize()} of {interview.reference} was read back and stays as it is.",
            advice="Record what the interviewee changed as a correction.",
        )


def _may(session: Session, interview: Interview, actor: Actor) -> None:
    require(session, actor, Permission.RECORD, interview.compartment_id, level=interview.level)
