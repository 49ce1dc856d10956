"""Tasks: what one person asks of another, about a record or about nothing in particular."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import UTCDateTime

revision: str = "tasks"
down_revision: str | None = "notices"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "task",
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("compartment_id", KEY, nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("purpose", sa.Text(), nullable=True),
        sa.Column("legal_basis", sa.Text(), nullable=True),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("assigned_to", KEY, nullable=False),
        sa.Column("about_kind", sa.Text(), nullable=True),
        sa.Column("about_id", KEY, nullable=True),
        sa.Column("about_reference", sa.Text(), nullable=True),
        sa.Column("state", sa.String(length=40), nullable=False),
        sa.Column("ended_at", UTCDateTime(length=27), nullable=True),
        sa.Column("ended_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_task"),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name="fk_task_compartment_id_compartment"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name="fk_task_owner_id_account"),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name="fk_task_recorded_by_account"),
        sa.ForeignKeyConstraint(["assigned_to"], ["account.id"], name="fk_task_assigned_to_account"),
        sa.UniqueConstraint("reference", name="uq_task_reference"),
        sa.CheckConstraint(
            "(about_kind IS NULL) = (about_id IS NULL) AND (about_kind IS NULL) = (about_reference IS NULL)",
            name="ck_task_about_whole",
        ),
        sa.CheckConstraint("(ended_at IS NULL) = (state = 'open')", name="ck_task_end_whole"),
    )
    op.create_index("ix_task_compartment_id", "task", ["compartment_id"])
    op.create_index("ix_task_assigned_to_state", "task", ["assigned_to", "state"])
    op.create_index("ix_task_about_id", "task", ["about_id"])


def downgrade() -> None:
    """Remove it."""
    op.drop_table("task")
