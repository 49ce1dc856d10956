"""Persons: the meaningless code, the sealed identity, protection, referrals, links to suspects."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, StrictJSON, UTCDateTime

revision: str = "persons"
down_revision: str | None = "actors"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "person",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("protection_level", sa.String(length=40), nullable=False),
        sa.Column("roles", StrictJSON(), nullable=False),
        sa.Column("civil_status", sa.String(length=40), nullable=False),
        sa.Column("age_band", sa.String(length=40), nullable=False),
        sa.Column("is_child", sa.Boolean(), nullable=False),
        sa.Column("is_crsv_survivor", sa.Boolean(), nullable=False),
        sa.Column("is_severely_traumatised", sa.Boolean(), nullable=False),
        sa.Column("vulnerabilities", StrictJSON(), nullable=False),
        sa.Column("languages", StrictJSON(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_person_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_person_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_person_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("code", name=op.f("uq_person_code")),
    )
    op.create_index(op.f("ix_person_compartment_id"), "person", ["compartment_id"], unique=False)
    op.create_table(
        "identity_field",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("superseded_at", UTCDateTime(length=27), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_identity_field_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_identity_field_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_identity_field_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_identity_field_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_identity_field")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_identity_field_person_id_number")),
    )
    op.create_index(
        op.f("ix_identity_field_compartment_id"), "identity_field", ["compartment_id"], unique=False
    )
    op.create_table(
        "person_actor_link",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("suspect_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
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
            name=op.f("fk_person_actor_link_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_person_actor_link_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_person_actor_link_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_person_actor_link_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"], ["suspect.id"], name=op.f("fk_person_actor_link_suspect_id_suspect")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person_actor_link")),
    )
    op.create_index(
        op.f("ix_person_actor_link_compartment_id"), "person_actor_link", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_person_actor_link_person_id"), "person_actor_link", ["person_id"], unique=False)
    op.create_index(
        op.f("ix_person_actor_link_suspect_id"), "person_actor_link", ["suspect_id"], unique=False
    )
    op.create_table(
        "protection_incident",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("happened", MomentType(), nullable=False),
        sa.Column("earliest_at", UTCDateTime(length=27), nullable=False),
        sa.Column("latest_at", UTCDateTime(length=27), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("response", sa.Text(), nullable=True),
        sa.Column("reported_to", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
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
            name=op.f("fk_protection_incident_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_protection_incident_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_protection_incident_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_protection_incident_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_protection_incident")),
    )
    op.create_index(
        op.f("ix_protection_incident_compartment_id"), "protection_incident", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_protection_incident_person_id"), "protection_incident", ["person_id"], unique=False
    )
    op.create_table(
        "referral",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("need", sa.String(length=40), nullable=False),
        sa.Column("provider_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("offered", MomentType(), nullable=False),
        sa.Column("offered_earliest_at", UTCDateTime(length=27), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("consent_to_share", sa.Boolean(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "outcome = 'accepted' OR consent_to_share IS NOT TRUE",
            name=op.f("ck_referral_sharing_follows_acceptance"),
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_referral_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_referral_owner_id_account")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_referral_person_id_person")),
        sa.ForeignKeyConstraint(["provider_id"], ["party.id"], name=op.f("fk_referral_provider_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_referral_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referral")),
    )
    op.create_index(op.f("ix_referral_compartment_id"), "referral", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_referral_person_id"), "referral", ["person_id"], unique=False)
    op.create_index(op.f("ix_referral_provider_id"), "referral", ["provider_id"], unique=False)
    op.create_table(
        "threat_assessment",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("threat_level", sa.String(length=40), nullable=False),
        sa.Column("threats", sa.Text(), nullable=False),
        sa.Column("threat_actors", sa.Text(), nullable=True),
        sa.Column("measures", sa.Text(), nullable=True),
        sa.Column("wishes_anonymity", sa.Boolean(), nullable=True),
        sa.Column(
            "contact_interval_days", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True
        ),
        sa.Column("assessed_on", sa.Date(), nullable=False),
        sa.Column("review_on", sa.Date(), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
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
            name=op.f("fk_threat_assessment_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_threat_assessment_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("fk_threat_assessment_person_id_person")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_threat_assessment_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_threat_assessment")),
    )
    op.create_index(
        op.f("ix_threat_assessment_compartment_id"), "threat_assessment", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_threat_assessment_person_id"), "threat_assessment", ["person_id"], unique=False)
    op.create_index(op.f("ix_threat_assessment_review_on"), "threat_assessment", ["review_on"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index(op.f("ix_threat_assessment_review_on"), table_name="threat_assessment")
    op.drop_index(op.f("ix_threat_assessment_person_id"), table_name="threat_assessment")
    op.drop_index(op.f("ix_threat_assessment_compartment_id"), table_name="threat_assessment")
    op.drop_table("threat_assessment")
    op.drop_index(op.f("ix_referral_provider_id"), table_name="referral")
    op.drop_index(op.f("ix_referral_person_id"), table_name="referral")
    op.drop_index(op.f("ix_referral_compartment_id"), table_name="referral")
    op.drop_table("referral")
    op.drop_index(op.f("ix_protection_incident_person_id"), table_name="protection_incident")
    op.drop_index(op.f("ix_protection_incident_compartment_id"), table_name="protection_incident")
    op.drop_table("protection_incident")
    op.drop_index(op.f("ix_person_actor_link_suspect_id"), table_name="person_actor_link")
    op.drop_index(op.f("ix_person_actor_link_person_id"), table_name="person_actor_link")
    op.drop_index(op.f("ix_person_actor_link_compartment_id"), table_name="person_actor_link")
    op.drop_table("person_actor_link")
    op.drop_index(op.f("ix_identity_field_compartment_id"), table_name="identity_field")
    op.drop_table("identity_field")
    op.drop_index(op.f("ix_person_compartment_id"), table_name="person")
    op.drop_table("person")
