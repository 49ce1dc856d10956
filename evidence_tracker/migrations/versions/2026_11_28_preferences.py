"""What an account prefers of the pages: the language in which it reads them."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "preferences"
down_revision: str | None = "order"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the table."""
    op.create_table(
        "preference",
        sa.Column("account_id", sa.Uuid(native_uuid=False), nullable=False),
        sa.Column("language", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("account_id", name="pk_preference"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_preference_account_id_account"),
    )


def downgrade() -> None:
    """Remove it."""
    op.drop_table("preference")
