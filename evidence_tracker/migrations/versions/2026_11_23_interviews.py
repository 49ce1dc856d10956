"""Tables of the interviews room."""

from collections.abc import Sequence

revision: str = "interviews"
down_revision: str | None = "consent"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop them."""
