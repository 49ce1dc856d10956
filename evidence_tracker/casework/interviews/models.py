"""Interviews and what hangs on them: nouns only; the acts are in the modules beside this one.

docs/explanation/data-model/interviews.md describes the columns (standards.md 2.2).
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


class AccountType(StrEnum):
    """How far an interview goes; a first account is the default and mostly the limit."""

    SCREENING = "screening"
    FIRST_ACCOUNT = "first_account"
    FULL_STATEMENT = "full_statement"
    FOLLOW_UP = "follow_up"
    EXPERT = "expert"
    SURVEY = "survey"
    CLINICAL = "clinical"


class InterviewState(StrEnum):
    """Where an interview stands."""

    PLANNED = "planned"
    UNDER_WAY = "under-way"
    CLOSED = "closed"
    REVIEWED = "reviewed"
    CANCELLED = "cancelled"


class InterviewRole(StrEnum):
    """What a protected person is to an interview."""

    INTERVIEWEE = "interviewee"
    SUPPORT_PERSON = "support-person"
    GUARDIAN = "guardian"
    MENTIONED = "mentioned"


class PresentRole(StrEnum):
    """Who else was in the room."""

    INTERVIEWER = "interviewer"
    NOTE_TAKER = "note-taker"
    INTERPRETER = "interpreter"
    SUPPORT_PERSON = "support-person"
    LAWYER = "lawyer"
    GUARDIAN = "guardian"
    CLINICIAN = "clinician"


class ExhibitRole(StrEnum):
    """What an exhibit is to an interview."""

    RECORDING = "recording"
    TRANSCRIPT = "transcript"
    SIGNED_STATEMENT = "signed-statement"
    CONSENT_FORM = "consent-form"
    ANNEX = "annex"
    SHOWN = "shown"


class QuestionType(StrEnum):
    """How a question was put; leading ones are flagged, not hidden."""

    OPEN = "open"
    PROBING = "probing"
    CLOSED = "closed"
    LEADING = "leading"


class Interview(Record):
    """An account taken from one person.

    ``first_account`` is the free narrative in the words and language of the interviewee;
    evaluation is a record of its own. ``introduction`` maps each point that was explained
    to the time it was. ``exception_*`` hold why a gate was opened, and by whom.
    """

    __tablename__ = "interview"
    __table_args__ = (
        CheckConstraint("(exception_by IS NULL) = (exception_reason IS NULL)", name="exception_whole"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission.id"), index=True)
    account_type: Mapped[AccountType] = mapped_column(words(AccountType))
    state: Mapped[InterviewState] = mapped_column(words(InterviewState))
    purpose_note: Mapped[str | None]
    started: Mapped[Moment | None]
    ended: Mapped[Moment | None]
    started_earliest_at: Mapped[datetime | None]
    breaks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    place: Mapped[Place | None]
    is_remote: Mapped[bool] = mapped_column(default=False)
    platform: Mapped[str | None]
    is_private: Mapped[bool | None]
    language: Mapped[str | None]
    introduction: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_account: Mapped[str | None]
    leads: Mapped[str | None]
    distress: Mapped[str | None]
    stopped_at_wish: Mapped[bool] = mapped_column(default=False)
    exception_reason: Mapped[str | None]
    exception_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    read_back_language: Mapped[str | None]
    declaration_version: Mapped[str | None]
    is_signed: Mapped[bool | None]
    unsigned_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]


class InterviewPerson(Record):
    """A protected person's link to an interview."""

    __tablename__ = "interview_person"
    __table_args__ = (
        Index(
            "uq_interview_person_live",
            "interview_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[InterviewRole] = mapped_column(words(InterviewRole))
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class InterviewExhibit(Record):
    """An exhibit's link to an interview: its recording, an annex, something shown."""

    __tablename__ = "interview_exhibit"
    __table_args__ = (
        Index(
            "uq_interview_exhibit_live",
            "interview_id",
            "exhibit_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    role: Mapped[ExhibitRole] = mapped_column(words(ExhibitRole))
    note: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class Present(Record):
    """Somebody who was there beside the interviewee, by account or by code; never by name alone."""

    __tablename__ = "interview_present"

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    role: Mapped[PresentRole] = mapped_column(words(PresentRole))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    code: Mapped[str | None]
    qualification: Mapped[str | None]
    is_independent: Mapped[bool | None]
    confidentiality_signed: Mapped[bool | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class Question(Record):
    """One question and its answer, verbatim, in the language they were spoken in."""

    __tablename__ = "interview_question"
    __table_args__ = (UniqueConstraint("interview_id", "position"),)

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"))
    position: Mapped[int]
    question: Mapped[str]
    question_type: Mapped[QuestionType] = mapped_column(words(QuestionType))
    answer: Mapped[str | None]
    language: Mapped[str]
    timecode: Mapped[str | None]


class AnswerTranslation(Record):
    """A translation of a question and its answer; the original stays authoritative."""

    __tablename__ = "answer_translation"

    question_id: Mapped[UUID] = mapped_column(ForeignKey("interview_question.id"), index=True)
    question_version: Mapped[int]
    language: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str | None]
    translator: Mapped[str]
    certificate: Mapped[str | None]


class PriorAccount(Record):
    """An account the interviewee gave to somebody else before."""

    __tablename__ = "prior_account"

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    body: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    given: Mapped[Moment | None]
    body_reference: Mapped[str | None]
    is_signed: Mapped[bool | None]
    is_copy_held: Mapped[bool | None]
    may_contact_body: Mapped[bool | None]
    is_do_not_interview: Mapped[bool] = mapped_column(default=False)


class Correction(Record):
    """What the interviewee corrected at the read-back; the account itself is never overwritten by it."""

    __tablename__ = "interview_correction"

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    passage: Mapped[str]
    correction: Mapped[str]
    made_at: Mapped[datetime]


class Expense(Record):
    """Something reimbursed to an interviewee; promises and payments for an account do not exist."""

    __tablename__ = "interview_expense"

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    what: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"))


class Evaluation(Record):
    """What we think of an account, kept apart from it.

    ``reliability`` A–F of the source, ``credibility`` 1–6 of the information.
    """

    __tablename__ = "interview_evaluation"
    __table_args__ = (
        CheckConstraint("credibility BETWEEN 1 AND 6", name="credibility_scale"),
        CheckConstraint("reliability IN ('A', 'B', 'C', 'D', 'E', 'F')", name="reliability_scale"),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    reliability: Mapped[str]
    credibility: Mapped[int]
    contradictions: Mapped[str | None]
    corroboration: Mapped[str | None]
    next_steps: Mapped[str | None]
