"""Interviews and what hangs on them: nouns only; the acts are in the modules beside this one.

What is said in them is in ``statement_models`` and listed here too. The columns are described in
docs/explanation/data-model/interviews.md.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.casework.interviews.statement_models import (
    AccountTranslation,
    AnswerTranslation,
    Correction,
    Evaluation,
    PriorAccount,
    Question,
    QuestionType,
)
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

__all__ = [
    "AccountTranslation",
    "AccountType",
    "AnswerTranslation",
    "Correction",
    "Evaluation",
    "ExceptionGround",
    "ExceptionOutcome",
    "ExhibitRole",
    "Expense",
    "ExpenseKind",
    "Interview",
    "InterviewException",
    "InterviewExhibit",
    "InterviewPerson",
    "InterviewRole",
    "InterviewState",
    "IntroductionPoint",
    "Present",
    "PresentRole",
    "PriorAccount",
    "Question",
    "QuestionType",
]


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


class IntroductionPoint(StrEnum):
    """What is explained before the first word is written down (standards.md 2.2)."""

    WHO_WE_ARE = "who-we-are"
    MANDATE = "mandate"
    NOT_STATE_OR_ICC = "not-state-or-icc"
    VOLUNTARY = "voluntary"
    MAY_STOP = "may-stop"
    NO_PAYMENT = "no-payment"
    POSSIBLE_USES = "possible-uses"
    CONFIDENTIALITY_LIMITS = "confidentiality-limits"
    COMPLAINT_CHANNEL = "complaint-channel"


class ExceptionGround(StrEnum):
    """The only two reasons to go further than a screening with somebody easily harmed."""

    AUTHORITY_UNAVAILABLE = "authority-unavailable"
    IMMINENT_LOSS = "imminent-loss"


class ExceptionOutcome(StrEnum):
    """What became of a request for an exception."""

    ASKED = "asked"
    APPROVED = "approved"
    REFUSED = "refused"


class ExpenseKind(StrEnum):
    """What may be reimbursed: costs that arose. There is no word for a payment or a promise."""

    TRAVEL = "travel"
    MEALS = "meals"
    ACCOMMODATION = "accommodation"
    CARE_OF_DEPENDANTS = "care-of-dependants"
    COMMUNICATION = "communication"
    DOCUMENTS = "documents"


class Interview(Record):
    """An account taken from one person.

    ``first_account`` is the free narrative in the words and language of the interviewee,
    in its ``account_version``-th wording; what we think of it is a record of its own
    (``Evaluation``). ``introduction`` maps each point that was explained to the moment it
    was. ``distress`` lists what was seen and heard, not what a clinician would call it.
    ``read_back_questions`` is the number of questions that the read-back covered.
    """

    __tablename__ = "interview"
    searched = Searched(texts=("first_account",))
    __table_args__ = (
        Index(None, "recorded_at", "id", "compartment_id", "level"),
        CheckConstraint(
            "(read_back_at IS NULL) = (read_back_language IS NULL)"
            " AND (read_back_at IS NULL) = (read_back_questions IS NULL)",
            name="read_back_whole",
        ),
        CheckConstraint("read_back_at IS NULL OR unread_reason IS NULL", name="read_or_not"),
        CheckConstraint("(first_account IS NULL) = (account_version IS NULL)", name="account_whole"),
        CheckConstraint("(reviewed_by IS NULL) = (reviewed_at IS NULL)", name="review_whole"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> recorded_by", name="second_person"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission.id"), index=True)
    account_type: Mapped[AccountType] = mapped_column(words(AccountType))
    state: Mapped[InterviewState] = mapped_column(words(InterviewState))
    state_reason: Mapped[str | None]
    purpose_note: Mapped[str | None]
    why_this_person: Mapped[str | None]
    why_now: Mapped[str | None]
    alternatives: Mapped[str | None]
    risk_note: Mapped[str | None]
    interviewer_preference: Mapped[str | None]
    started: Mapped[Moment | None]
    ended: Mapped[Moment | None]
    started_earliest_at: Mapped[datetime | None]
    breaks: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    place: Mapped[Place | None]
    is_remote: Mapped[bool] = mapped_column(default=False)
    platform: Mapped[str | None]
    is_encrypted: Mapped[bool | None]
    is_private: Mapped[bool | None]
    privacy_note: Mapped[str | None]
    language: Mapped[str | None]
    introduction: Mapped[dict[str, Any]] = mapped_column(default=dict)
    first_account: Mapped[str | None]
    account_version: Mapped[int | None]
    leads: Mapped[str | None]
    distress: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    stopped_at_wish: Mapped[bool] = mapped_column(default=False)
    read_back_at: Mapped[datetime | None]
    read_back: Mapped[Moment | None]
    read_back_language: Mapped[str | None]
    read_back_questions: Mapped[int | None]
    unread_reason: Mapped[str | None]
    declaration_version: Mapped[str | None]
    is_signed: Mapped[bool | None]
    unsigned_reason: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]


class InterviewPerson(Record):
    """A protected person's link to an interview. One interviewee at a time: groups are not interviewed."""

    __tablename__ = "interview_person"
    __table_args__ = (
        Index(
            "uq_interview_person_interviewee",
            "interview_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL AND role = 'interviewee'"),
            postgresql_where=text("ended_at IS NULL AND role = 'interviewee'"),
        ),
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
    """An exhibit's link to an interview: its recording, an annex, something shown.

    Of a recording, ``is_announced`` says whether its start and stop are announced on it and
    ``gaps`` explains its gaps; of a picture that was shown, ``shows_nobody`` says that no
    person is in it (there are no photo line-ups here).
    """

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
    is_announced: Mapped[bool | None]
    gaps: Mapped[str | None]
    shows_nobody: Mapped[bool | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class Present(Record):
    """Somebody who was there beside the interviewee, by account or by code; never by name."""

    __tablename__ = "interview_present"
    __table_args__ = (CheckConstraint("(account_id IS NULL) <> (code IS NULL)", name="one_bearer"),)

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    role: Mapped[PresentRole] = mapped_column(words(PresentRole))
    account_id: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    code: Mapped[str | None]
    qualification: Mapped[str | None]
    is_independent: Mapped[bool | None]
    confidentiality_signed: Mapped[bool | None]
    has_signed: Mapped[bool | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class InterviewException(Record):
    """A request to go further than a screening with a child, a survivor or a traumatised person.

    ``categories`` are the competences it asks of the named interviewer, as the person's
    flags stood; whoever asks (``recorded_by``) never decides.
    """

    __tablename__ = "interview_exception"
    __table_args__ = (
        CheckConstraint("(decided_by IS NULL) = (outcome = 'asked')", name="decision_whole"),
        CheckConstraint("decided_by IS NULL OR decided_by <> recorded_by", name="second_person"),
        CheckConstraint("decided_by IS NULL OR decided_by <> interviewer_id", name="not_the_interviewer"),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    account_type: Mapped[AccountType] = mapped_column(words(AccountType))
    ground: Mapped[ExceptionGround] = mapped_column(words(ExceptionGround))
    justification: Mapped[str]
    categories: Mapped[list[str]]
    interviewer_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    outcome: Mapped[ExceptionOutcome] = mapped_column(words(ExceptionOutcome))
    decided_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    decided_at: Mapped[datetime | None]
    decision_note: Mapped[str | None]


class Expense(Record):
    """A cost of an interviewee that was reimbursed; promises and payments for an account do not exist.

    ``amount_minor`` is in the smallest unit of the currency (kopiykas, cents).
    """

    __tablename__ = "interview_expense"
    __table_args__ = (
        CheckConstraint("amount_minor > 0", name="amount_positive"),
        CheckConstraint("(receipt_id IS NULL) <> (no_receipt_reason IS NULL)", name="receipt_or_reason"),
    )

    interview_id: Mapped[UUID] = mapped_column(ForeignKey("interview.id"), index=True)
    kind: Mapped[ExpenseKind] = mapped_column(words(ExpenseKind))
    what: Mapped[str]
    amount_minor: Mapped[int]
    currency: Mapped[str]
    paid: Mapped[Moment]
    receipt_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"))
    no_receipt_reason: Mapped[str | None]
