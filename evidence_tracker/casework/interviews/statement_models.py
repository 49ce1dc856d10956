"""What is said, and what we think of it: questions, translations, prior accounts, corrections, evaluation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment


class QuestionType(StrEnum):
    """How a question was put; leading ones are flagged, not hidden."""

    OPEN = "open"
    PROBING = "probing"
    CLOSED = "closed"
    LEADING = "leading"


class Question(Record):
    """One question and its answer, verbatim, in the language they were spoken in.

    ``warnings`` are what the check of the wording said when it was recorded (``wording``).
    """

    __tablename__ = "interview_question"
    searched = Searched(texts=("question", "answer"), of=("interview_id",))
    __table_args__ = (UniqueConstraint("interview_id", "position"),)

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"))
    position: Mapped[int]
    question: Mapped[str]
    question_type: Mapped[QuestionType] = mapped_column(words(QuestionType))
    answer: Mapped[str | None]
    language: Mapped[str]
    timecode: Mapped[str | None]
    warnings: Mapped[list[str]] = mapped_column(default=list)


class AccountTranslation(Record):
    """A translation of one wording of a first account; the original stays authoritative."""

    __tablename__ = "account_translation"
    searched = Searched(texts=("text",), of=("interview_id",))

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    account_version: Mapped[int]
    language: Mapped[str]
    text: Mapped[str]
    translator: Mapped[str]
    certificate: Mapped[str | None]


class AnswerTranslation(Record):
    """A translation of a question and its answer; the original stays authoritative."""

    __tablename__ = "answer_translation"
    searched = Searched(texts=("question", "answer"), of=("question_id",))

    question_id: Mapped[UUID] = mapped_column(ForeignKey("interview_question.id"), index=True)
    question_version: Mapped[int]
    language: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str | None]
    translator: Mapped[str]
    certificate: Mapped[str | None]


class PriorAccount(Record):
    """An account the interviewee gave to somebody else before.

    ``instruction_note`` says how that body told us not to interview the person again.
    """

    __tablename__ = "prior_account"
    __table_args__ = (
        CheckConstraint(
            "is_do_not_interview IS NOT TRUE OR instruction_note IS NOT NULL", name="instruction_whole"
        ),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    body: Mapped[str]
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    given: Mapped[Moment | None]
    body_reference: Mapped[str | None]
    is_signed: Mapped[bool | None]
    is_copy_held: Mapped[bool | None]
    may_contact_body: Mapped[bool | None]
    is_do_not_interview: Mapped[bool] = mapped_column(default=False)
    instruction_note: Mapped[str | None]


class Correction(Record):
    """What the interviewee corrected at the read-back; the account itself is never overwritten by it."""

    __tablename__ = "interview_correction"
    searched = Searched(texts=("passage", "correction"), of=("interview_id",))

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    passage: Mapped[str]
    correction: Mapped[str]
    made_at: Mapped[datetime]


class Evaluation(Record):
    """What we think of an account, kept apart from it.

    ``reliability`` A-F of the source, ``credibility`` 1-6 of the information;
    ``quality_review`` is what a second person thinks of how the interview was held.
    """

    __tablename__ = "interview_evaluation"
    searched = Searched(texts=("contradictions", "corroboration"), of=("interview_id",))
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
    quality_review: Mapped[str | None]
