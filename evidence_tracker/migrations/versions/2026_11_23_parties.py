"""Tables of the parties room: who receives, who agreed to what, who asked us to stay away."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, StrictJSON, UTCDateTime

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision: str = "parties"
down_revision: str | None = "ground"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "agreement",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("signed_on", MomentType(), nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.Column("valid_until", MomentType(), nullable=True),
        sa.Column("valid_until_at", UTCDateTime(), nullable=True),
        sa.Column("exhibit_reference", sa.Text(), nullable=True),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_agreement_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_agreement_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_agreement_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement")),
        sa.UniqueConstraint("reference", name=op.f("uq_agreement_reference")),
    )
    op.create_index(op.f("ix_agreement_compartment_id"), "agreement", ["compartment_id"], unique=False)
    op.create_table(
        "party",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_class", sa.String(length=40), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=True),
        sa.Column("notes", sa.Text(), nullable=True),
        sa.Column("age_recipients", StrictJSON(), nullable=False),
        sa.Column("keys_checked_how", sa.Text(), nullable=True),
        sa.Column("keys_changed_by", sa.Uuid(native_uuid=False), nullable=True),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_party_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["keys_changed_by"], ["account.id"], name=op.f("fk_party_keys_changed_by_account")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_party_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_party_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_party")),
        sa.UniqueConstraint("reference", name=op.f("uq_party_reference")),
    )
    op.create_index(op.f("ix_party_compartment_id"), "party", ["compartment_id"], unique=False)
    op.create_table(
        "agreement_party",
        sa.Column("agreement_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=False),
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
            ["agreement_id"], ["agreement.id"], name=op.f("fk_agreement_party_agreement_id_agreement")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_agreement_party_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_agreement_party_owner_id_account")
        ),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_agreement_party_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_agreement_party_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_agreement_party")),
    )
    op.create_index(
        op.f("ix_agreement_party_agreement_id"), "agreement_party", ["agreement_id"], unique=False
    )
    op.create_index(
        op.f("ix_agreement_party_compartment_id"), "agreement_party", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_agreement_party_party_id"), "agreement_party", ["party_id"], unique=False)
    op.create_table(
        "instruction",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("person_code", sa.Text(), nullable=True),
        sa.Column("area", sa.Text(), nullable=True),
        sa.Column("incident", sa.Text(), nullable=True),
        sa.Column("wording", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("since", MomentType(), nullable=False),
        sa.Column("since_at", UTCDateTime(), nullable=False),
        sa.Column("until", MomentType(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.Column("lifted_source", sa.Text(), nullable=True),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_instruction_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_instruction_owner_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_instruction_party_id_party")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_instruction_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instruction")),
        sa.UniqueConstraint("reference", name=op.f("uq_instruction_reference")),
    )
    op.create_index(op.f("ix_instruction_compartment_id"), "instruction", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_instruction_party_id"), "instruction", ["party_id"], unique=False)
    op.create_index(op.f("ix_instruction_person_code"), "instruction", ["person_code"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_instruction_compartment_id", table_name="instruction")
    op.drop_index("ix_instruction_party_id", table_name="instruction")
    op.drop_index("ix_instruction_person_code", table_name="instruction")
    op.drop_table("instruction")
    op.drop_index("ix_agreement_party_agreement_id", table_name="agreement_party")
    op.drop_index("ix_agreement_party_compartment_id", table_name="agreement_party")
    op.drop_index("ix_agreement_party_party_id", table_name="agreement_party")
    op.drop_table("agreement_party")
    op.drop_index("ix_party_compartment_id", table_name="party")
    op.drop_table("party")
    op.drop_index("ix_agreement_compartment_id", table_name="agreement")
    op.drop_table("agreement")
