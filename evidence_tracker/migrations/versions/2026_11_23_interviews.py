"""Interviews: what is said in them, who is there, what went before and what we think of it."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, StrictJSON, UTCDateTime

revision: str = "interviews"
down_revision: str | None = "consent"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "interview",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column(
            "account_type",
            sa.Enum(
                "screening",
                "first_account",
                "full_statement",
                "follow_up",
                "expert",
                "survey",
                "clinical",
                name="accounttype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "under-way",
                "closed",
                "reviewed",
                "cancelled",
                name="interviewstate",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("purpose_note", sa.Text(), nullable=True),
        sa.Column("why_this_person", sa.Text(), nullable=True),
        sa.Column("why_now", sa.Text(), nullable=True),
        sa.Column("alternatives", sa.Text(), nullable=True),
        sa.Column("risk_note", sa.Text(), nullable=True),
        sa.Column("interviewer_preference", sa.Text(), nullable=True),
        sa.Column("started", MomentType(), nullable=True),
        sa.Column("ended", MomentType(), nullable=True),
        sa.Column("started_earliest_at", UTCDateTime(length=27), nullable=True),
        sa.Column("breaks", StrictJSON(), nullable=False),
        sa.Column("place", PlaceType(), nullable=True),
        sa.Column("is_remote", sa.Boolean(), nullable=False),
        sa.Column("platform", sa.Text(), nullable=True),
        sa.Column("is_encrypted", sa.Boolean(), nullable=True),
        sa.Column("is_private", sa.Boolean(), nullable=True),
        sa.Column("privacy_note", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("introduction", StrictJSON(), nullable=False),
        sa.Column("first_account", sa.Text(), nullable=True),
        sa.Column("account_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("leads", sa.Text(), nullable=True),
        sa.Column("distress", StrictJSON(), nullable=False),
        sa.Column("stopped_at_wish", sa.Boolean(), nullable=False),
        sa.Column("read_back_at", UTCDateTime(length=27), nullable=True),
        sa.Column("read_back", MomentType(), nullable=True),
        sa.Column("read_back_language", sa.Text(), nullable=True),
        sa.Column("read_back_questions", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("unread_reason", sa.Text(), nullable=True),
        sa.Column("declaration_version", sa.Text(), nullable=True),
        sa.Column("is_signed", sa.Boolean(), nullable=True),
        sa.Column("unsigned_reason", sa.Text(), nullable=True),
        sa.Column("closed_at", UTCDateTime(length=27), nullable=True),
        sa.Column("reviewed_by", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("reviewed_at", UTCDateTime(length=27), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(first_account IS NULL) = (account_version IS NULL)", name=op.f("ck_interview_account_whole")
        ),
        sa.CheckConstraint(
            "(read_back_at IS NULL) = (read_back_language IS NULL)"
            " AND (read_back_at IS NULL) = (read_back_questions IS NULL)",
            name=op.f("ck_interview_read_back_whole"),
        ),
        sa.CheckConstraint(
            "(reviewed_by IS NULL) = (reviewed_at IS NULL)", name=op.f("ck_interview_review_whole")
        ),
        sa.CheckConstraint(
            "read_back_at IS NULL OR unread_reason IS NULL", name=op.f("ck_interview_read_or_not")
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> recorded_by", name=op.f("ck_interview_second_person")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_interview_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name=op.f("fk_interview_mission_id_mission")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_interview_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["reviewed_by"], ["account.id"], name=op.f("fk_interview_reviewed_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview")),
        sa.UniqueConstraint("reference", name=op.f("uq_interview_reference")),
    )
    op.create_index(op.f("ix_interview_compartment_id"), "interview", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_interview_mission_id"), "interview", ["mission_id"], unique=False)
    op.create_table(
        "account_translation",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("translator", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_account_translation_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_account_translation_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_account_translation_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_account_translation_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account_translation")),
    )
    op.create_index(
        op.f("ix_account_translation_compartment_id"), "account_translation", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_account_translation_interview_id"), "account_translation", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_correction",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("passage", sa.Text(), nullable=False),
        sa.Column("correction", sa.Text(), nullable=False),
        sa.Column("made_at", UTCDateTime(length=27), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_correction_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_correction_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_correction_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_correction_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_correction")),
    )
    op.create_index(
        op.f("ix_interview_correction_compartment_id"),
        "interview_correction",
        ["compartment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_interview_correction_interview_id"), "interview_correction", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_evaluation",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("reliability", sa.Text(), nullable=False),
        sa.Column("credibility", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("contradictions", sa.Text(), nullable=True),
        sa.Column("corroboration", sa.Text(), nullable=True),
        sa.Column("next_steps", sa.Text(), nullable=True),
        sa.Column("quality_review", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "reliability IN ('A', 'B', 'C', 'D', 'E', 'F')",
            name=op.f("ck_interview_evaluation_reliability_scale"),
        ),
        sa.CheckConstraint(
            "credibility BETWEEN 1 AND 6", name=op.f("ck_interview_evaluation_credibility_scale")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_evaluation_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_evaluation_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_evaluation_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_evaluation_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_evaluation")),
    )
    op.create_index(
        op.f("ix_interview_evaluation_compartment_id"),
        "interview_evaluation",
        ["compartment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_interview_evaluation_interview_id"), "interview_evaluation", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_exception",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "account_type",
            sa.Enum(
                "screening",
                "first_account",
                "full_statement",
                "follow_up",
                "expert",
                "survey",
                "clinical",
                name="accounttype",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "ground",
            sa.Enum(
                "authority-unavailable", "imminent-loss", name="exceptionground", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("justification", sa.Text(), nullable=False),
        sa.Column("categories", StrictJSON(), nullable=False),
        sa.Column("interviewer_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum("asked", "approved", "refused", name="exceptionoutcome", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("decided_by", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("decided_at", UTCDateTime(length=27), nullable=True),
        sa.Column("decision_note", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(decided_by IS NULL) = (outcome = 'asked')", name=op.f("ck_interview_exception_decision_whole")
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> interviewer_id",
            name=op.f("ck_interview_exception_not_the_interviewer"),
        ),
        sa.CheckConstraint(
            "decided_by IS NULL OR decided_by <> recorded_by",
            name=op.f("ck_interview_exception_second_person"),
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_exception_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["decided_by"], ["account.id"], name=op.f("fk_interview_exception_decided_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_exception_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["interviewer_id"], ["account.id"], name=op.f("fk_interview_exception_interviewer_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_exception_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_exception_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_exception")),
    )
    op.create_index(
        op.f("ix_interview_exception_compartment_id"), "interview_exception", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_exception_interview_id"), "interview_exception", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_exhibit",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("exhibit_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "recording",
                "transcript",
                "signed-statement",
                "consent-form",
                "annex",
                "shown",
                name="exhibitrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("is_announced", sa.Boolean(), nullable=True),
        sa.Column("gaps", sa.Text(), nullable=True),
        sa.Column("shows_nobody", sa.Boolean(), nullable=True),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_exhibit_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_interview_exhibit_exhibit_id_exhibit")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_exhibit_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_exhibit_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_exhibit_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_exhibit")),
    )
    op.create_index(
        op.f("ix_interview_exhibit_compartment_id"), "interview_exhibit", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_exhibit_exhibit_id"), "interview_exhibit", ["exhibit_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_exhibit_interview_id"), "interview_exhibit", ["interview_id"], unique=False
    )
    op.create_index(
        "uq_interview_exhibit_live",
        "interview_exhibit",
        ["interview_id", "exhibit_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "interview_expense",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "travel",
                "meals",
                "accommodation",
                "care-of-dependants",
                "communication",
                "documents",
                name="expensekind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("amount_minor", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("paid", MomentType(), nullable=False),
        sa.Column("receipt_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("no_receipt_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(receipt_id IS NULL) <> (no_receipt_reason IS NULL)",
            name=op.f("ck_interview_expense_receipt_or_reason"),
        ),
        sa.CheckConstraint("amount_minor > 0", name=op.f("ck_interview_expense_amount_positive")),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_expense_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_expense_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_expense_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["exhibit.id"], name=op.f("fk_interview_expense_receipt_id_exhibit")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_expense_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_expense")),
    )
    op.create_index(
        op.f("ix_interview_expense_compartment_id"), "interview_expense", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_expense_interview_id"), "interview_expense", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_person",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "interviewee",
                "support-person",
                "guardian",
                "mentioned",
                name="interviewrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_person_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_person_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_person_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_interview_person_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_person_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_person")),
    )
    op.create_index(
        op.f("ix_interview_person_compartment_id"), "interview_person", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_person_interview_id"), "interview_person", ["interview_id"], unique=False
    )
    op.create_index(op.f("ix_interview_person_person_id"), "interview_person", ["person_id"], unique=False)
    op.create_index(
        "uq_interview_person_interviewee",
        "interview_person",
        ["interview_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL AND role = 'interviewee'"),
        postgresql_where=sa.text("ended_at IS NULL AND role = 'interviewee'"),
    )
    op.create_index(
        "uq_interview_person_live",
        "interview_person",
        ["interview_id", "person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "interview_present",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "interviewer",
                "note-taker",
                "interpreter",
                "support-person",
                "lawyer",
                "guardian",
                "clinician",
                name="presentrole",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("qualification", sa.Text(), nullable=True),
        sa.Column("is_independent", sa.Boolean(), nullable=True),
        sa.Column("confidentiality_signed", sa.Boolean(), nullable=True),
        sa.Column("has_signed", sa.Boolean(), nullable=True),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (code IS NULL)", name=op.f("ck_interview_present_one_bearer")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_interview_present_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_present_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_present_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_present_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_present_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_present")),
    )
    op.create_index(
        op.f("ix_interview_present_compartment_id"), "interview_present", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_interview_present_interview_id"), "interview_present", ["interview_id"], unique=False
    )
    op.create_table(
        "interview_question",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("position", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column(
            "question_type",
            sa.Enum(
                "open", "probing", "closed", "leading", name="questiontype", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("timecode", sa.Text(), nullable=True),
        sa.Column("warnings", StrictJSON(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_interview_question_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_question_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_interview_question_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_interview_question_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_interview_question")),
        sa.UniqueConstraint(
            "interview_id", "position", name=op.f("uq_interview_question_interview_id_position")
        ),
    )
    op.create_index(
        op.f("ix_interview_question_compartment_id"), "interview_question", ["compartment_id"], unique=False
    )
    op.create_table(
        "prior_account",
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("given", MomentType(), nullable=True),
        sa.Column("body_reference", sa.Text(), nullable=True),
        sa.Column("is_signed", sa.Boolean(), nullable=True),
        sa.Column("is_copy_held", sa.Boolean(), nullable=True),
        sa.Column("may_contact_body", sa.Boolean(), nullable=True),
        sa.Column("is_do_not_interview", sa.Boolean(), nullable=False),
        sa.Column("instruction_note", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "is_do_not_interview IS NOT TRUE OR instruction_note IS NOT NULL",
            name=op.f("ck_prior_account_instruction_whole"),
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_prior_account_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_prior_account_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_prior_account_owner_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_prior_account_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_prior_account_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_prior_account")),
    )
    op.create_index(
        op.f("ix_prior_account_compartment_id"), "prior_account", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_prior_account_interview_id"), "prior_account", ["interview_id"], unique=False)
    op.create_index(op.f("ix_prior_account_party_id"), "prior_account", ["party_id"], unique=False)
    op.create_table(
        "answer_translation",
        sa.Column("question_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("question_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("translator", sa.Text(), nullable=False),
        sa.Column("certificate", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "level",
            sa.Enum(
                "PUBLIC",
                "INTERNAL",
                "CONFIDENTIAL",
                "RESTRICTED",
                "SEALED",
                name="level",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_answer_translation_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_answer_translation_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["interview_question.id"],
            name=op.f("fk_answer_translation_question_id_interview_question"),
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_answer_translation_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer_translation")),
    )
    op.create_index(
        op.f("ix_answer_translation_compartment_id"), "answer_translation", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_answer_translation_question_id"), "answer_translation", ["question_id"], unique=False
    )


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_answer_translation_question_id"), table_name="answer_translation")
    op.drop_index(op.f("ix_answer_translation_compartment_id"), table_name="answer_translation")
    op.drop_table("answer_translation")
    op.drop_index(op.f("ix_prior_account_party_id"), table_name="prior_account")
    op.drop_index(op.f("ix_prior_account_interview_id"), table_name="prior_account")
    op.drop_index(op.f("ix_prior_account_compartment_id"), table_name="prior_account")
    op.drop_table("prior_account")
    op.drop_index(op.f("ix_interview_question_compartment_id"), table_name="interview_question")
    op.drop_table("interview_question")
    op.drop_index(op.f("ix_interview_present_interview_id"), table_name="interview_present")
    op.drop_index(op.f("ix_interview_present_compartment_id"), table_name="interview_present")
    op.drop_table("interview_present")
    op.drop_index(
        "uq_interview_person_live",
        table_name="interview_person",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(
        "uq_interview_person_interviewee",
        table_name="interview_person",
        sqlite_where=sa.text("ended_at IS NULL AND role = 'interviewee'"),
        postgresql_where=sa.text("ended_at IS NULL AND role = 'interviewee'"),
    )
    op.drop_index(op.f("ix_interview_person_person_id"), table_name="interview_person")
    op.drop_index(op.f("ix_interview_person_interview_id"), table_name="interview_person")
    op.drop_index(op.f("ix_interview_person_compartment_id"), table_name="interview_person")
    op.drop_table("interview_person")
    op.drop_index(op.f("ix_interview_expense_interview_id"), table_name="interview_expense")
    op.drop_index(op.f("ix_interview_expense_compartment_id"), table_name="interview_expense")
    op.drop_table("interview_expense")
    op.drop_index(
        "uq_interview_exhibit_live",
        table_name="interview_exhibit",
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.drop_index(op.f("ix_interview_exhibit_interview_id"), table_name="interview_exhibit")
    op.drop_index(op.f("ix_interview_exhibit_exhibit_id"), table_name="interview_exhibit")
    op.drop_index(op.f("ix_interview_exhibit_compartment_id"), table_name="interview_exhibit")
    op.drop_table("interview_exhibit")
    op.drop_index(op.f("ix_interview_exception_interview_id"), table_name="interview_exception")
    op.drop_index(op.f("ix_interview_exception_compartment_id"), table_name="interview_exception")
    op.drop_table("interview_exception")
    op.drop_index(op.f("ix_interview_evaluation_interview_id"), table_name="interview_evaluation")
    op.drop_index(op.f("ix_interview_evaluation_compartment_id"), table_name="interview_evaluation")
    op.drop_table("interview_evaluation")
    op.drop_index(op.f("ix_interview_correction_interview_id"), table_name="interview_correction")
    op.drop_index(op.f("ix_interview_correction_compartment_id"), table_name="interview_correction")
    op.drop_table("interview_correction")
    op.drop_index(op.f("ix_account_translation_interview_id"), table_name="account_translation")
    op.drop_index(op.f("ix_account_translation_compartment_id"), table_name="account_translation")
    op.drop_table("account_translation")
    op.drop_index(op.f("ix_interview_mission_id"), table_name="interview")
    op.drop_index(op.f("ix_interview_compartment_id"), table_name="interview")
    op.drop_table("interview")
