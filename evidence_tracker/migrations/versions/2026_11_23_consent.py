"""Consent events. Triggers refuse to change or remove one: what a person said stays said.

A later word is a later row; the triggers stop accidents, the custody log shows the rest.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, StrictJSON, UTCDateTime

revision: str = "consent"
down_revision: str | None = "exhibits"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_REFUSAL = "a consent event is never changed or removed"
_TRIGGERS = {
    "sqlite": [
        *(
            f"CREATE TRIGGER consent_event_no_{what} BEFORE {what.upper()} ON consent_event "
            f"BEGIN SELECT RAISE(ABORT, '{_REFUSAL}'); END"
            for what in ("update", "delete")
        ),
        # REPLACE removes the older row without asking the trigger on DELETE.
        (
            "CREATE TRIGGER consent_event_no_replace BEFORE INSERT ON consent_event "
            "WHEN EXISTS (SELECT 1 FROM consent_event WHERE id = NEW.id"
            " OR (person_id = NEW.person_id AND number = NEW.number)) "
            "BEGIN SELECT RAISE(ABORT, 'a consent event is never changed or removed'); END"
        ),
    ],
    "postgresql": [
        (
            "CREATE FUNCTION consent_event_refuse() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{_REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$"
        ),
        (
            "CREATE TRIGGER consent_event_no_change BEFORE UPDATE OR DELETE ON consent_event "
            "FOR EACH ROW EXECUTE FUNCTION consent_event_refuse()"
        ),
        (
            "CREATE TRIGGER consent_event_no_truncate BEFORE TRUNCATE ON consent_event "
            "FOR EACH STATEMENT EXECUTE FUNCTION consent_event_refuse()"
        ),
    ],
}
_NO_TRIGGERS = {
    "sqlite": [f"DROP TRIGGER consent_event_no_{what}" for what in ("update", "delete", "replace")],
    "postgresql": [
        "DROP TRIGGER consent_event_no_truncate ON consent_event",
        "DROP TRIGGER consent_event_no_change ON consent_event",
        "DROP FUNCTION consent_event_refuse()",
    ],
}


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "consent_event",
        sa.Column("person_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("number", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("group_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("recipient_class", sa.String(length=40), nullable=True),
        sa.Column("party_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("use", sa.String(length=40), nullable=True),
        sa.Column("identity_level", sa.String(length=40), nullable=True),
        sa.Column("scope", sa.String(length=40), nullable=False),
        sa.Column("items", StrictJSON(), nullable=False),
        sa.Column("conditions", sa.Text(), nullable=True),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("form", sa.String(length=40), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("interpreter", sa.Text(), nullable=True),
        sa.Column("witness", sa.Text(), nullable=True),
        sa.Column("text_version", sa.Text(), nullable=True),
        sa.Column("obtained_by", sa.Text(), nullable=False),
        sa.Column("obtained", MomentType(), nullable=False),
        sa.Column("obtained_earliest_at", UTCDateTime(length=27), nullable=False),
        sa.Column("obtained_latest_at", UTCDateTime(length=27), nullable=False),
        sa.Column("capacity_ok", sa.Boolean(), nullable=True),
        sa.Column("guardian_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("is_guardian_conflict_checked", sa.Boolean(), nullable=False),
        sa.Column("child_assent", sa.Boolean(), nullable=True),
        sa.Column("best_interest", sa.Text(), nullable=True),
        sa.Column("evidence_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("package", sa.Text(), nullable=True),
        sa.Column("package_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
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
            "kind IN ('refused', 'withdrawn') OR (recipient_class IS NOT NULL AND use IS NOT NULL"
            " AND identity_level IS NOT NULL)",
            name=op.f("ck_consent_event_cell_named"),
        ),
        sa.CheckConstraint(
            "(package IS NULL) = (package_version IS NULL)", name=op.f("ck_consent_event_package_whole")
        ),
        sa.CheckConstraint(
            "guardian_id IS NULL OR guardian_id <> person_id", name=op.f("ck_consent_event_guardian_is_other")
        ),
        sa.CheckConstraint(
            "party_id IS NULL OR recipient_class IS NOT NULL", name=op.f("ck_consent_event_party_of_class")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_consent_event_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["evidence_id"], ["exhibit.id"], name=op.f("fk_consent_event_evidence_id_exhibit")
        ),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["person.id"], name=op.f("fk_consent_event_guardian_id_person")
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=op.f("fk_consent_event_owner_id_account")),
        sa.ForeignKeyConstraint(["party_id"], ["party.id"], name=op.f("fk_consent_event_party_id_party")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_consent_event_person_id_person")),
        sa.ForeignKeyConstraint(
            ["recorded_by"], ["account.id"], name=op.f("fk_consent_event_recorded_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent_event")),
        sa.UniqueConstraint("person_id", "number", name=op.f("uq_consent_event_person_id_number")),
    )
    op.create_index(
        op.f("ix_consent_event_compartment_id"), "consent_event", ["compartment_id"], unique=False
    )
    op.create_index(op.f("ix_consent_event_evidence_id"), "consent_event", ["evidence_id"], unique=False)
    op.create_index(op.f("ix_consent_event_group_id"), "consent_event", ["group_id"], unique=False)
    op.create_index(op.f("ix_consent_event_guardian_id"), "consent_event", ["guardian_id"], unique=False)
    op.create_index(op.f("ix_consent_event_party_id"), "consent_event", ["party_id"], unique=False)
    for statement in _TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)


def downgrade() -> None:
    """Drop them."""
    for statement in _NO_TRIGGERS[op.get_bind().dialect.name]:
        op.execute(statement)

    op.drop_index(op.f("ix_consent_event_party_id"), table_name="consent_event")
    op.drop_index(op.f("ix_consent_event_guardian_id"), table_name="consent_event")
    op.drop_index(op.f("ix_consent_event_group_id"), table_name="consent_event")
    op.drop_index(op.f("ix_consent_event_evidence_id"), table_name="consent_event")
    op.drop_index(op.f("ix_consent_event_compartment_id"), table_name="consent_event")
    op.drop_table("consent_event")
