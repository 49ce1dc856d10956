"""An index by which a reference typed into the search leads to its record."""

from collections.abc import Sequence

from alembic import op

revision: str = "search_reference"
down_revision: str | None = "saved_views"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

NAME = "ix_search_entry_reference"
INDEXES = frozenset({NAME})  # the tests of earlier revisions do not miss it


def upgrade() -> None:
    """Make it."""
    op.create_index(NAME, "search_entry", ["reference"])


def downgrade() -> None:
    """Remove it."""
    op.drop_index(NAME, "search_entry")
