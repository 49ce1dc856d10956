"""Tables of the submissions room."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, StrictJSON, UTCDateTime

revision: str = "submissions"
down_revision: str | None = "allegations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "submission",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum("evidence", "identity-annex", name="submissionkind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "storage",
                "analysis",
                "corroboration",
                "investigation",
                "court",
                "disclosure-to-defence",
                "public-report",
                "advocacy",
                "sanctions",
                "statistics",
                "research",
                "training",
                "referral",
                "re-contact",
                name="use",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("annex_of_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("closed_at", UTCDateTime(length=27), nullable=True),
        sa.Column("closed_reason", sa.Text(), nullable=True),
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
            "(kind = 'identity-annex') = (annex_of_id IS NOT NULL)",
            name=op.f("ck_submission_annex_of_something"),
        ),
        sa.ForeignKeyConstraint(
            ["annex_of_id"], ["submission.id"], name=op.f("fk_submission_annex_of_id_submission")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_submission_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_submission_owner_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_submission_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_submission_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
        sa.UniqueConstraint("reference", name=op.f("uq_submission_reference")),
    )
    op.create_index(op.f("ix_submission_annex_of_id"), "submission", ["annex_of_id"], unique=False)
    op.create_index(op.f("ix_submission_compartment_id"), "submission", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_submission_party_id"), "submission", ["party_id"], unique=False)
    op.create_table(
        "approval",
        sa.Column("submission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("approver_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("looked_at", StrictJSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("revoked_at", UTCDateTime(length=27), nullable=True),
        sa.Column("revoked_reason", sa.Text(), nullable=True),
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
            ["approver_id"], ["account.id"], name=op.f("fk_approval_approver_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_approval_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_approval_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_approval_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_approval_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_approval")),
    )
    op.create_index(op.f("ix_approval_compartment_id"), "approval", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_approval_submission_id"), "approval", ["submission_id"], unique=False)
    op.create_table(
        "bundle",
        sa.Column("submission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("approval_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "sealed", "written", "released", "abandoned", name="bundlestate", native_enum=False, length=40
            ),
            nullable=False,
        ),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("plan", StrictJSON(), nullable=False),
        sa.Column("plan_digest", sa.Text(), nullable=False),
        sa.Column("submission_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("sealed_at", UTCDateTime(length=27), nullable=False),
        sa.Column("manifest_sha256", sa.Text(), nullable=False),
        sa.Column("checkpoint", sa.LargeBinary(), nullable=True),
        sa.Column("age_recipients", StrictJSON(), nullable=False),
        sa.Column("unencrypted_reason", sa.Text(), nullable=True),
        sa.Column("zip_sha256", sa.Text(), nullable=True),
        sa.Column("encrypted_sha256", sa.Text(), nullable=True),
        sa.Column("size_bytes", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("written_at", UTCDateTime(length=27), nullable=True),
        sa.Column("released_at", UTCDateTime(length=27), nullable=True),
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
            ["approval_id"], ["approval.id"], name=op.f("fk_bundle_approval_id_approval")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_bundle_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_bundle_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_bundle_recorded_by_account")),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_bundle_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bundle")),
        sa.UniqueConstraint("name", name=op.f("uq_bundle_name")),
    )
    op.create_index(op.f("ix_bundle_compartment_id"), "bundle", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_bundle_submission_id"), "bundle", ["submission_id"], unique=False)
    op.create_index(
        "uq_bundle_live",
        "bundle",
        ["submission_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('sealed', 'written')"),
        postgresql_where=sa.text("state IN ('sealed', 'written')"),
    )
    op.create_table(
        "submission_item",
        sa.Column("submission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "exhibit",
                "interview",
                "incident",
                "allegation",
                "person",
                name="itemkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("exhibit_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("interview_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("incident_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("allegation_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=True),
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
            "CASE WHEN exhibit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN interview_id IS NULL THEN 0 ELSE 1 END + CASE WHEN incident_id IS NULL THEN 0 ELSE 1 END + CASE WHEN allegation_id IS NULL THEN 0 ELSE 1 END + CASE WHEN person_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_submission_item_one_item"),
        ),
        sa.ForeignKeyConstraint(
            ["allegation_id"], ["allegation.id"], name=op.f("fk_submission_item_allegation_id_allegation")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_submission_item_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["exhibit_id"], ["exhibit.id"], name=op.f("fk_submission_item_exhibit_id_exhibit")
        ),
        sa.ForeignKeyConstraint(
            ["incident_id"], ["incident.id"], name=op.f("fk_submission_item_incident_id_incident")
        ),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_submission_item_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_submission_item_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_submission_item_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_submission_item_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["submission_id"], ["submission.id"], name=op.f("fk_submission_item_submission_id_submission")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_item")),
    )
    op.create_index(
        "uq_submission_item_live",
        "submission_item",
        ["submission_id", "number"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_index(
        op.f("ix_submission_item_allegation_id"), "submission_item", ["allegation_id"], unique=False
    )
    op.create_index(
        op.f("ix_submission_item_compartment_id"), "submission_item", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_submission_item_exhibit_id"), "submission_item", ["exhibit_id"], unique=False)
    op.create_index(op.f("ix_submission_item_incident_id"), "submission_item", ["incident_id"], unique=False)
    op.create_index(
        op.f("ix_submission_item_interview_id"), "submission_item", ["interview_id"], unique=False
    )
    op.create_index(op.f("ix_submission_item_person_id"), "submission_item", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_submission_item_submission_id"), "submission_item", ["submission_id"], unique=False
    )
    op.create_table(
        "disclosure",
        sa.Column("bundle_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("subject", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "item_kind",
            sa.Enum(
                "exhibit",
                "interview",
                "incident",
                "allegation",
                "person",
                name="itemkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("events", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column(
            "use",
            sa.Enum(
                "storage",
                "analysis",
                "corroboration",
                "investigation",
                "court",
                "disclosure-to-defence",
                "public-report",
                "advocacy",
                "sanctions",
                "statistics",
                "research",
                "training",
                "referral",
                "re-contact",
                name="use",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "identity_level",
            sa.Enum(
                "full",
                "code",
                "pseudonym",
                "anonymous",
                "none",
                name="identitylevel",
                native_enum=False,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("consents", StrictJSON(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("disclosed_at", UTCDateTime(length=27), nullable=False),
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
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_disclosure_bundle_id_bundle")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_disclosure_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_disclosure_owner_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_disclosure_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_disclosure_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_disclosure")),
    )
    op.create_index(op.f("ix_disclosure_bundle_id"), "disclosure", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_disclosure_compartment_id"), "disclosure", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_disclosure_party_id"), "disclosure", ["party_id"], unique=False)
    op.create_index(op.f("ix_disclosure_subject"), "disclosure", ["subject"], unique=False)
    op.create_table(
        "receipt",
        sa.Column("bundle_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("received", MomentType(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("recipient_reference", sa.Text(), nullable=True),
        sa.Column("stated_sha256", sa.Text(), nullable=True),
        sa.Column("is_match", sa.Boolean(), nullable=True),
        sa.Column("exhibit_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
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
        sa.ForeignKeyConstraint(["bundle_id"], ["bundle.id"], name=op.f("fk_receipt_bundle_id_bundle")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_receipt_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["exhibit_id"], ["exhibit.id"], name=op.f("fk_receipt_exhibit_id_exhibit")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_receipt_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_receipt_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
    )
    op.create_index(op.f("ix_receipt_bundle_id"), "receipt", ["bundle_id"], unique=False)
    op.create_index(op.f("ix_receipt_compartment_id"), "receipt", ["compartment_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_receipt_compartment_id"), table_name="receipt")
    op.drop_index(op.f("ix_receipt_bundle_id"), table_name="receipt")
    op.drop_table("receipt")
    op.drop_index(op.f("ix_disclosure_subject"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_party_id"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_compartment_id"), table_name="disclosure")
    op.drop_index(op.f("ix_disclosure_bundle_id"), table_name="disclosure")
    op.drop_table("disclosure")
    op.drop_index(op.f("ix_submission_item_submission_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_person_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_interview_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_incident_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_exhibit_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_compartment_id"), table_name="submission_item")
    op.drop_index(op.f("ix_submission_item_allegation_id"), table_name="submission_item")
    op.drop_table("submission_item")
    op.drop_index(
        "uq_bundle_live",
        table_name="bundle",
        sqlite_where=sa.text("state IN ('sealed', 'written')"),
        postgresql_where=sa.text("state IN ('sealed', 'written')"),
    )
    op.drop_index(op.f("ix_bundle_submission_id"), table_name="bundle")
    op.drop_index(op.f("ix_bundle_compartment_id"), table_name="bundle")
    op.drop_table("bundle")
    op.drop_index(op.f("ix_approval_submission_id"), table_name="approval")
    op.drop_index(op.f("ix_approval_compartment_id"), table_name="approval")
    op.drop_table("approval")
    op.drop_index(op.f("ix_submission_party_id"), table_name="submission")
    op.drop_index(op.f("ix_submission_compartment_id"), table_name="submission")
    op.drop_index(op.f("ix_submission_annex_of_id"), table_name="submission")
    op.drop_table("submission")
