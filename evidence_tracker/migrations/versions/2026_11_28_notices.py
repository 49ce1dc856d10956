"""Notices: what an account is told in the page."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import UTCDateTime

revision: str = "notices"
down_revision: str | None = "search"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "notice",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("at", UTCDateTime(length=27), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject_id", KEY, nullable=False),
        sa.Column("subject_kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("told_by", KEY, nullable=True),
        sa.Column("seen_at", UTCDateTime(length=27), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_notice"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_notice_account_id_account"),
        sa.ForeignKeyConstraint(["told_by"], ["account.id"], name="fk_notice_told_by_account"),
    )
    op.create_index("ix_notice_account_id_at_id", "notice", ["account_id", "at", "id"])
    unseen = sa.text("seen_at IS NULL")
    op.create_index(
        "uq_notice_unseen",
        "notice",
        ["account_id", "kind", "subject_id"],
        unique=True,
        sqlite_where=unseen,
        postgresql_where=unseen,
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("notice")
