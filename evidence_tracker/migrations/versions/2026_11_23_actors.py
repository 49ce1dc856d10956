"""Tables of the actors room: units, chains of command, named persons, companies."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, StrictJSON, UTCDateTime

INTEGER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_BEARER = (
    "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN suspect_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) = 1"
)

revision: str = "actors"
down_revision: str | None = "missions"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "company",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_language", sa.Text(), nullable=True),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("registration_number", sa.Text(), nullable=True),
        sa.Column("registration_country", sa.Text(), nullable=True),
        sa.Column("headquarters_country", sa.Text(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("ownership", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_company_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_company_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_company_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_company")),
        sa.UniqueConstraint("reference", name=op.f("uq_company_reference")),
    )
    op.create_index(op.f("ix_company_compartment_id"), "company", ["compartment_id"], unique=False)
    op.create_table(
        "suspect",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("capacity", sa.String(length=40), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_language", sa.Text(), nullable=True),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("nationalities", StrictJSON(), nullable=False),
        sa.Column("gender", sa.Text(), nullable=True),
        sa.Column("born_on", MomentType(), nullable=True),
        sa.Column("birthplace", PlaceType(), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("offence_basis", sa.String(length=40), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_suspect_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_suspect_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_suspect_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suspect")),
        sa.UniqueConstraint("reference", name=op.f("uq_suspect_reference")),
    )
    op.create_index(op.f("ix_suspect_compartment_id"), "suspect", ["compartment_id"], unique=False)
    op.create_table(
        "unit",
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("echelon", sa.String(length=40), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("name_language", sa.Text(), nullable=True),
        sa.Column("name_latin", sa.Text(), nullable=False),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("country", sa.Text(), nullable=True),
        sa.Column("base", PlaceType(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_unit_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_unit_owner_id_account")),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=op.f("fk_unit_recorded_by_account")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sa.UniqueConstraint("reference", name=op.f("uq_unit_reference")),
    )
    op.create_index(op.f("ix_unit_compartment_id"), "unit", ["compartment_id"], unique=False)
    op.create_table(
        "actor_identifier",
        sa.Column("unit_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("suspect_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("company_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("issuer", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
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
        sa.CheckConstraint(ONE_BEARER, name=op.f("ck_actor_identifier_one_bearer")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_actor_identifier_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment.id"],
            name=op.f("fk_actor_identifier_compartment_id_compartment"),
        ),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["account.id"], name=op.f("fk_actor_identifier_owner_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_actor_identifier_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"], ["suspect.id"], name=op.f("fk_actor_identifier_suspect_id_suspect")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_actor_identifier_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_identifier")),
    )
    op.create_index(op.f("ix_actor_identifier_company_id"), "actor_identifier", ["company_id"], unique=False)
    op.create_index(
        op.f("ix_actor_identifier_compartment_id"), "actor_identifier", ["compartment_id"], unique=False
    )
    op.create_index(
        op.f("ix_actor_identifier_kind_value"), "actor_identifier", ["kind", "value"], unique=False
    )
    op.create_index(op.f("ix_actor_identifier_suspect_id"), "actor_identifier", ["suspect_id"], unique=False)
    op.create_index(op.f("ix_actor_identifier_unit_id"), "actor_identifier", ["unit_id"], unique=False)
    op.create_table(
        "actor_name",
        sa.Column("unit_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("suspect_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("company_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.Column("folded", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=True),
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
        sa.CheckConstraint(ONE_BEARER, name=op.f("ck_actor_name_one_bearer")),
        sa.ForeignKeyConstraint(
            ["company_id"], ["company.id"], name=op.f("fk_actor_name_company_id_company")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_actor_name_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_actor_name_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_actor_name_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(
            ["suspect_id"], ["suspect.id"], name=op.f("fk_actor_name_suspect_id_suspect")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_actor_name_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_actor_name")),
    )
    op.create_index(op.f("ix_actor_name_company_id"), "actor_name", ["company_id"], unique=False)
    op.create_index(op.f("ix_actor_name_compartment_id"), "actor_name", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_actor_name_folded"), "actor_name", ["folded"], unique=False)
    op.create_index(op.f("ix_actor_name_suspect_id"), "actor_name", ["suspect_id"], unique=False)
    op.create_index(op.f("ix_actor_name_unit_id"), "actor_name", ["unit_id"], unique=False)
    op.create_table(
        "position",
        sa.Column("suspect_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("unit_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("company_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("rank", sa.Text(), nullable=True),
        sa.Column("since", MomentType(), nullable=True),
        sa.Column("since_at", UTCDateTime(), nullable=True),
        sa.Column("until", MomentType(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=40), nullable=False),
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
        sa.CheckConstraint("(unit_id IS NULL) <> (company_id IS NULL)", name=op.f("ck_position_one_place")),
        sa.ForeignKeyConstraint(["company_id"], ["company.id"], name=op.f("fk_position_company_id_company")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_position_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_position_owner_id_account")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_position_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(["suspect_id"], ["suspect.id"], name=op.f("fk_position_suspect_id_suspect")),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_position_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_position")),
    )
    op.create_index(op.f("ix_position_company_id"), "position", ["company_id"], unique=False)
    op.create_index(op.f("ix_position_compartment_id"), "position", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_position_suspect_id"), "position", ["suspect_id"], unique=False)
    op.create_index(op.f("ix_position_unit_id"), "position", ["unit_id"], unique=False)
    op.create_table(
        "unit_parent",
        sa.Column("unit_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("parent_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("relation", sa.String(length=40), nullable=False),
        sa.Column("since", MomentType(), nullable=True),
        sa.Column("since_at", UTCDateTime(), nullable=True),
        sa.Column("until", MomentType(), nullable=True),
        sa.Column("until_at", UTCDateTime(), nullable=True),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("confidence", sa.String(length=40), nullable=False),
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
            ["compartment_id"], ["compartment.id"], name=op.f("fk_unit_parent_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_unit_parent_owner_id_account")),
        sa.ForeignKeyConstraint(["parent_id"], ["unit.id"], name=op.f("fk_unit_parent_parent_id_unit")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_unit_parent_recorded_by_account")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_unit_parent_unit_id_unit")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_parent")),
    )
    op.create_index(op.f("ix_unit_parent_compartment_id"), "unit_parent", ["compartment_id"], unique=False)
    op.create_index(op.f("ix_unit_parent_parent_id"), "unit_parent", ["parent_id"], unique=False)
    op.create_index(op.f("ix_unit_parent_unit_id"), "unit_parent", ["unit_id"], unique=False)


def downgrade() -> None:
    """Drop them."""
    op.drop_index("ix_unit_parent_compartment_id", table_name="unit_parent")
    op.drop_index("ix_unit_parent_parent_id", table_name="unit_parent")
    op.drop_index("ix_unit_parent_unit_id", table_name="unit_parent")
    op.drop_table("unit_parent")
    op.drop_index("ix_position_company_id", table_name="position")
    op.drop_index("ix_position_compartment_id", table_name="position")
    op.drop_index("ix_position_suspect_id", table_name="position")
    op.drop_index("ix_position_unit_id", table_name="position")
    op.drop_table("position")
    op.drop_index("ix_actor_name_company_id", table_name="actor_name")
    op.drop_index("ix_actor_name_compartment_id", table_name="actor_name")
    op.drop_index("ix_actor_name_folded", table_name="actor_name")
    op.drop_index("ix_actor_name_suspect_id", table_name="actor_name")
    op.drop_index("ix_actor_name_unit_id", table_name="actor_name")
    op.drop_table("actor_name")
    op.drop_index("ix_actor_identifier_company_id", table_name="actor_identifier")
    op.drop_index("ix_actor_identifier_compartment_id", table_name="actor_identifier")
    op.drop_index("ix_actor_identifier_kind_value", table_name="actor_identifier")
    op.drop_index("ix_actor_identifier_suspect_id", table_name="actor_identifier")
    op.drop_index("ix_actor_identifier_unit_id", table_name="actor_identifier")
    op.drop_table("actor_identifier")
    op.drop_index("ix_unit_compartment_id", table_name="unit")
    op.drop_table("unit")
    op.drop_index("ix_suspect_compartment_id", table_name="suspect")
    op.drop_table("suspect")
    op.drop_index("ix_company_compartment_id", table_name="company")
    op.drop_table("company")
