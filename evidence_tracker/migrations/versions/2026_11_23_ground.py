"""The ground: keys, blobs, the custody log, access, promises, drafts.

The triggers keep the log append-only and dense. They stop accidents; what detects a
person who drops them is the tree and the checkpoints outside (docs/spec/custody-log.md).
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import StrictJSON, UTCDateTime

revision: str = "ground"
down_revision: str | None = None
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


#: Tables that only grow, each with what makes two rows the same.
APPEND_ONLY = {
    "custody_event": ("subject", "seq"),
    "log_node": ("epoch", "level", "idx"),
    "checkpoint": ("epoch", "size"),
    "access_entry": ("id",),
}


def upgrade() -> None:
    """Make the tables and the triggers."""
    op.create_table(
        "access_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("at", UTCDateTime(length=27), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("door", sa.Text(), nullable=False),
        sa.Column("system_user", sa.Text(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum("read", "denied", "unlocked", "sign-in", name="accesskind", native_enum=False, length=40),
            nullable=False,
        ),
        sa.Column("what", sa.Text(), nullable=False),
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
            nullable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_entry")),
    )
    op.create_table(
        "account",
        sa.Column("login", sa.Text(), nullable=False),
        sa.Column("display_name", sa.Text(), nullable=False),
        sa.Column("system_user", sa.Text(), nullable=True),
        sa.Column("secret_hash", sa.Text(), nullable=True),
        sa.Column("partner_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("added_at", UTCDateTime(length=27), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login", name=op.f("uq_account_login")),
        sa.UniqueConstraint("system_user", name=op.f("uq_account_system_user")),
    )
    op.create_table(
        "compartment_key",
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("wraps", StrictJSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartment_key")),
    )
    op.create_table(
        "log_epoch",
        sa.Column(
            "epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("frontier", StrictJSON(), nullable=False),
        sa.PrimaryKeyConstraint("epoch", name=op.f("pk_log_epoch")),
    )
    op.create_table(
        "promise",
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("payload", StrictJSON(), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("attempts", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("lease_until", UTCDateTime(length=27), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("promised_at", UTCDateTime(length=27), nullable=False),
        sa.Column("kept_at", UTCDateTime(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_promise")),
        sa.UniqueConstraint("key", name=op.f("uq_promise_key")),
    )
    op.create_index(op.f("ix_promise_state"), "promise", ["state"], unique=False)
    op.create_table(
        "reference_counter",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("last", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.PrimaryKeyConstraint("series", name=op.f("pk_reference_counter")),
    )
    op.create_table(
        "blob",
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("crc32", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("ciphertext_sha256", sa.Text(), nullable=False),
        sa.Column("ciphertext_size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("detector", sa.Text(), nullable=False),
        sa.Column("detector_version", sa.Text(), nullable=False),
        sa.Column("wraps", StrictJSON(), nullable=False),
        sa.Column("stored_at", UTCDateTime(length=27), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment_key.id"], name=op.f("fk_blob_compartment_id_compartment_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_blob")),
        sa.UniqueConstraint("compartment_id", "sha256", name=op.f("uq_blob_compartment_id_sha256")),
    )
    op.create_table(
        "checkpoint",
        sa.Column(
            "epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "size", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["log_epoch.epoch"], name=op.f("fk_checkpoint_epoch_log_epoch")),
        sa.PrimaryKeyConstraint("epoch", "size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "compartment",
        sa.Column("key_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "organisation",
                "mission",
                "project",
                "case",
                "study",
                "partner",
                name="compartmentkind",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column(
            "level_ceiling",
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
        sa.Column("opened_at", UTCDateTime(length=27), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["key_id"], ["compartment_key.id"], name=op.f("fk_compartment_key_id_compartment_key")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_compartment")),
        sa.UniqueConstraint("reference", name=op.f("uq_compartment_reference")),
    )
    op.create_table(
        "custody_event",
        sa.Column(
            "epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("subject", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("seq", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("act_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("verb", sa.Text(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["epoch"], ["log_epoch.epoch"], name=op.f("fk_custody_event_epoch_log_epoch")
        ),
        sa.PrimaryKeyConstraint("epoch", "idx", name=op.f("pk_custody_event")),
        sa.UniqueConstraint("subject", "seq", name=op.f("uq_custody_event_subject_seq")),
    )
    op.create_index(op.f("ix_custody_event_act_id"), "custody_event", ["act_id"], unique=False)
    op.create_table(
        "log_node",
        sa.Column(
            "epoch", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "level", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column(
            "idx", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), autoincrement=False, nullable=False
        ),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["epoch"], ["log_epoch.epoch"], name=op.f("fk_log_node_epoch_log_epoch")),
        sa.PrimaryKeyConstraint("epoch", "level", "idx", name=op.f("pk_log_node")),
    )
    op.create_table(
        "subject_key",
        sa.Column("subject", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("wraps", StrictJSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["compartment_id"],
            ["compartment_key.id"],
            name=op.f("fk_subject_key_compartment_id_compartment_key"),
        ),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_subject_key")),
    )
    op.create_table(
        "access_grant",
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column("partner_id", sa.Uuid(native_uuid=False), nullable=True),
        sa.Column(
            "role",
            sa.Enum(
                "lead",
                "investigator",
                "analyst",
                "legal-officer",
                "approver",
                "custodian",
                "security-officer",
                "auditor",
                "operator",
                "reader",
                name="role",
                native_enum=False,
                length=40,
            ),
            nullable=False,
        ),
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
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("granted_by", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("granted_at", UTCDateTime(length=27), nullable=False),
        sa.Column("expires_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.CheckConstraint(
            "(account_id IS NULL) <> (partner_id IS NULL)", name=op.f("ck_access_grant_one_holder")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_access_grant_account_id_account")
        ),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_access_grant_compartment_id_compartment")
        ),
        sa.ForeignKeyConstraint(
            ["granted_by"], ["account.id"], name=op.f("fk_access_grant_granted_by_account")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_grant")),
    )
    op.create_index(
        op.f("ix_access_grant_account_id_compartment_id"),
        "access_grant",
        ["account_id", "compartment_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_access_grant_partner_id_compartment_id"),
        "access_grant",
        ["partner_id", "compartment_id"],
        unique=False,
    )
    op.create_table(
        "draft",
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("based_on_version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=True),
        sa.Column("updated_at", UTCDateTime(length=27), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id_account")),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=op.f("fk_draft_compartment_id_compartment")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(
        op.f("ix_draft_account_id_kind_subject_id"),
        "draft",
        ["account_id", "kind", "subject_id"],
        unique=True,
    )
    op.create_table(
        "profile",
        sa.Column("organisation", sa.Text(), nullable=False),
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("organisation_compartment_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("version", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.ForeignKeyConstraint(
            ["organisation_compartment_id"],
            ["compartment.id"],
            name=op.f("fk_profile_organisation_compartment_id_compartment"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_profile")),
    )
    for table, key in APPEND_ONLY.items():
        refuse = f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        for what in ("update", "delete"):
            op.execute(f"CREATE TRIGGER {table}_no_{what} BEFORE {what.upper()} ON {table} {refuse}")
        # REPLACE removes the older row without asking the trigger on DELETE.
        same = " AND ".join(f"{column} = NEW.{column}" for column in key)
        op.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {same}) {refuse}"
        )
    op.execute(
        "CREATE TRIGGER custody_event_dense BEFORE INSERT ON custody_event "
        "WHEN NEW.idx <> (SELECT coalesce(max(idx) + 1, 0) FROM custody_event WHERE epoch = NEW.epoch) "
        "BEGIN SELECT RAISE(ABORT, 'custody_event has a gap'); END"
    )


def downgrade() -> None:
    """Drop the triggers and the tables."""
    op.execute("DROP TRIGGER custody_event_dense")
    for table in APPEND_ONLY:
        for what in ("update", "delete", "replace"):
            op.execute(f"DROP TRIGGER {table}_no_{what}")
    op.drop_table("profile")
    op.drop_index(op.f("ix_draft_account_id_kind_subject_id"), table_name="draft")
    op.drop_table("draft")
    op.drop_index(op.f("ix_access_grant_partner_id_compartment_id"), table_name="access_grant")
    op.drop_index(op.f("ix_access_grant_account_id_compartment_id"), table_name="access_grant")
    op.drop_table("access_grant")
    op.drop_table("subject_key")
    op.drop_table("log_node")
    op.drop_index(op.f("ix_custody_event_act_id"), table_name="custody_event")
    op.drop_table("custody_event")
    op.drop_table("compartment")
    op.drop_table("checkpoint")
    op.drop_table("blob")
    op.drop_table("reference_counter")
    op.drop_index(op.f("ix_promise_state"), table_name="promise")
    op.drop_table("promise")
    op.drop_table("log_epoch")
    op.drop_table("compartment_key")
    op.drop_table("account")
    op.drop_table("access_entry")
