"""Tables of the missions room: mandate, team, plan, equipment, diary, debrief."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, StrictJSON, UTCDateTime

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "missions"
down_revision: str | None = "parties"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "competence",
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("category", sa.String(length=40), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("awarded_on", MomentType(), nullable=False),
        sa.Column("awarded_at", UTCDateTime(), nullable=False),
        sa.Column("expires_on", MomentType(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_competence_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_competence_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_competence_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_competence_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence")),
    )
    op.create_index(
        op.f("ix_competence_account_id_category"), "competence", ["account_id", "category"], unique=False
    )
    op.create_index(op.f("ix_competence_compartment_id"), "competence", ["compartment_id"], unique=False)
    op.create_table(
        "mission",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("mandate", sa.Text(), nullable=True),
        sa.Column("objectives", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("places", StrictJSON(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("starts_on", MomentType(), nullable=True),
        sa.Column("starts_at", UTCDateTime(), nullable=True),
        sa.Column("ends_on", MomentType(), nullable=True),
        sa.Column("ends_at", UTCDateTime(), nullable=True),
        sa.Column("approved_by", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("state_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(["approved_by"], ["account.id"], name=op.f("fk_mission_approved_by_account")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_mission_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_mission_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_mission_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission")),
        sa.UniqueConstraint("reference", name=op.f("uq_mission_reference")),
    )
    op.create_index(op.f("ix_mission_compartment_id"), "mission", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_mission_state"), "mission", ["state"], unique=False)
    op.create_table(
        "debrief",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("held_on", MomentType(), nullable=False),
        sa.Column("lessons", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("interviews_held", INTEGER, nullable=True),
        sa.Column("exhibits_taken", INTEGER, nullable=True),
        sa.Column("care_offered", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_debrief_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name=op.f("fk_debrief_mission_id_mission")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_debrief_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_debrief_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_debrief")),
        sa.UniqueConstraint("mission_id", name=op.f("uq_debrief_mission_id")),
    )
    op.create_index(op.f("ix_debrief_compartment_id"), "debrief", ["compartment_id"], unique=False)
    op.create_table(
        "device",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("serial", sa.Text(), nullable=True),
        sa.Column("clock_offset_seconds", INTEGER, nullable=True),
        sa.Column("clock_basis", sa.Text(), nullable=True),
        sa.Column("clock_checked_at", UTCDateTime(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_device_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["mission_id"], ["mission.id"], name=op.f("fk_device_mission_id_mission")),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_device_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_device_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_device")),
        sa.UniqueConstraint("reference", name=op.f("uq_device_reference")),
    )
    op.create_index(op.f("ix_device_compartment_id"), "device", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_device_mission_id"), "device", ["mission_id"], unique=False)
    op.create_table(
        "mission_contact",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("function", sa.Text(), nullable=True),
        sa.Column("how_to_reach", sa.Text(), nullable=False),
        sa.Column("languages", StrictJSON(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_mission_contact_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_mission_contact_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_mission_contact_owner_id_account")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_mission_contact_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_mission_contact_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission_contact")),
    )
    op.create_index(
        op.f("ix_mission_contact_compartment_id"), "mission_contact", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_mission_contact_mission_id"), "mission_contact", ["mission_id"], unique=False)
    op.create_index(op.f("ix_mission_contact_party_id"), "mission_contact", ["party_id"], unique=False)
    op.create_table(
        "mission_log_entry",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("day", MomentType(), nullable=False),
        sa.Column("day_at", UTCDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("place", PlaceType(), nullable=True),
        sa.Column("is_security_incident", sa.Boolean(), nullable=False),
        sa.Column("corrects_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_mission_log_entry_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["corrects_id"],
            ["mission_log_entry.id"],
            name=op.f("fk_mission_log_entry_corrects_id_mission_log_entry"),
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_mission_log_entry_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_mission_log_entry_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_mission_log_entry_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission_log_entry")),
    )
    op.create_index(
        op.f("ix_mission_log_entry_compartment_id"), "mission_log_entry", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_mission_log_entry_mission_id"), "mission_log_entry", ["mission_id"], unique=False
    )
    op.create_table(
        "mission_member",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
        sa.Column("languages", StrictJSON(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("end_reason", sa.Text(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_mission_member_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_mission_member_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_mission_member_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_mission_member_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_mission_member_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission_member")),
    )
    op.create_index(op.f("ix_mission_member_account_id"), "mission_member", ["account_id"], unique=False)
    op.create_index(
        op.f("ix_mission_member_compartment_id"), "mission_member", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_mission_member_mission_id"), "mission_member", ["mission_id"], unique=False)
    op.create_table(
        "mission_partner",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_mission_partner_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_mission_partner_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_mission_partner_owner_id_account")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_mission_partner_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_mission_partner_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mission_partner")),
    )
    op.create_index(
        op.f("ix_mission_partner_compartment_id"), "mission_partner", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_mission_partner_mission_id"), "mission_partner", ["mission_id"], unique=False)
    op.create_index(op.f("ix_mission_partner_party_id"), "mission_partner", ["party_id"], unique=False)
    op.create_table(
        "security_plan",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("authors", StrictJSON(), nullable=False),
        sa.Column("signed_off_by", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("signed_off_at", UTCDateTime(), nullable=True),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_security_plan_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_security_plan_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_security_plan_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_security_plan_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["signed_off_by"], ["account.id"], name=op.f("fk_security_plan_signed_off_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_security_plan")),
        sa.UniqueConstraint("mission_id", name=op.f("uq_security_plan_mission_id")),
    )
    op.create_index(
        op.f("ix_security_plan_compartment_id"), "security_plan", ["compartment_id"], unique=False
    )
    op.create_table(
        "deconfliction_note",
        sa.Column("mission_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("instruction_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("asked_on", MomentType(), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", INTEGER, nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_deconfliction_note_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["instruction_id"],
            ["instruction.id"],
            name=op.f("fk_deconfliction_note_instruction_id_instruction"),
        ),
        sa.ForeignKeyConstraint(
            ["mission_id"], ["mission.id"], name=op.f("fk_deconfliction_note_mission_id_mission")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_deconfliction_note_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["party.id"], name=op.f("fk_deconfliction_note_party_id_party")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_deconfliction_note_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deconfliction_note")),
    )
    op.create_index(
        op.f("ix_deconfliction_note_compartment_id"), "deconfliction_note", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_deconfliction_note_mission_id"), "deconfliction_note", ["mission_id"], unique=False
    )
    op.create_index(op.f("ix_deconfliction_note_party_id"), "deconfliction_note", ["party_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_deconfliction_note_compartment_id", table_name="deconfliction_note")
    op.drop_index("ix_deconfliction_note_mission_id", table_name="deconfliction_note")
    op.drop_index("ix_deconfliction_note_party_id", table_name="deconfliction_note")
    op.drop_table("deconfliction_note")
    op.drop_index("ix_security_plan_compartment_id", table_name="security_plan")
    op.drop_table("security_plan")
    op.drop_index("ix_mission_partner_compartment_id", table_name="mission_partner")
    op.drop_index("ix_mission_partner_mission_id", table_name="mission_partner")
    op.drop_index("ix_mission_partner_party_id", table_name="mission_partner")
    op.drop_table("mission_partner")
    op.drop_index("ix_mission_member_account_id", table_name="mission_member")
    op.drop_index("ix_mission_member_compartment_id", table_name="mission_member")
    op.drop_index("ix_mission_member_mission_id", table_name="mission_member")
    op.drop_table("mission_member")
    op.drop_index("ix_mission_log_entry_compartment_id", table_name="mission_log_entry")
    op.drop_index("ix_mission_log_entry_mission_id", table_name="mission_log_entry")
    op.drop_table("mission_log_entry")
    op.drop_index("ix_mission_contact_compartment_id", table_name="mission_contact")
    op.drop_index("ix_mission_contact_mission_id", table_name="mission_contact")
    op.drop_index("ix_mission_contact_party_id", table_name="mission_contact")
    op.drop_table("mission_contact")
    op.drop_index("ix_device_compartment_id", table_name="device")
    op.drop_index("ix_device_mission_id", table_name="device")
    op.drop_table("device")
    op.drop_index("ix_debrief_compartment_id", table_name="debrief")
    op.drop_table("debrief")
    op.drop_index("ix_mission_compartment_id", table_name="mission")
    op.drop_index("ix_mission_state", table_name="mission")
    op.drop_table("mission")
    op.drop_index("ix_competence_account_id_category", table_name="competence")
    op.drop_index("ix_competence_compartment_id", table_name="competence")
    op.drop_table("competence")
