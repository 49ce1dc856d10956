"""When the bytes of a blob were last read to their end, and what was wrong then."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import UTCDateTime

revision: str = "blob_checks"
down_revision: str | None = "tasks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "blob_check",
        sa.Column("blob_id", KEY, nullable=False),
        sa.Column("checked_at", UTCDateTime(length=27), nullable=False),
        sa.Column("fault", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("blob_id", name="pk_blob_check"),
        sa.ForeignKeyConstraint(["blob_id"], ["blob.id"], name="fk_blob_check_blob_id_blob"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("blob_check")
