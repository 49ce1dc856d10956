"""Tables of the submissions room."""

from collections.abc import Sequence

revision: str = "submissions"
down_revision: str | None = "allegations"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    """Make the tables."""


def downgrade() -> None:
    """Drop them."""
