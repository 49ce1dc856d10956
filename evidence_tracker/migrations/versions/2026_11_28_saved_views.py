"""Views of lists that somebody keeps under a name."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import UTCDateTime

revision: str = "saved_views"
down_revision: str | None = "list_order"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "saved_view",
        sa.Column("id", KEY, nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("room", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("saved_at", UTCDateTime(length=27), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_saved_view"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_saved_view_account_id_account"),
        sa.UniqueConstraint("account_id", "room", "name", name="uq_saved_view_account_id_room_name"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("saved_view")
