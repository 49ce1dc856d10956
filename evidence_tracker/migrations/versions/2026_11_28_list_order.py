"""Lists in other orders than that of recording: by title, by receipt, by size.

The title is the one that the search folds, so that case and accents do not part what belongs together; its
beginning is taken over from the words of the search.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "list_order"
down_revision: str | None = "preferences"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

INDEXES = frozenset(
    {
        "ix_search_entry_kind_title_record_id",
        "ix_exhibit_received_at_id_compartment_id_level",
        "ix_exhibit_size_bytes_id_compartment_id_level",
    }
)
COLUMNS = frozenset({"search_entry.title"})  # the tests of earlier revisions do not miss it
BEHIND = ["id", "compartment_id", "level"]


def upgrade() -> None:
    """Add the column with what it says, and the indexes."""
    op.add_column("search_entry", sa.Column("title", sa.Text(), server_default="", nullable=False))
    op.execute(
        "UPDATE search_entry SET title = coalesce("
        "(SELECT substr(search_text.title, 1, 100) FROM search_text WHERE search_text.rowid = search_entry.id), '')"
    )
    op.create_index("ix_search_entry_kind_title_record_id", "search_entry", ["kind", "title", "record_id"])
    op.create_index("ix_exhibit_received_at_id_compartment_id_level", "exhibit", ["received_at", *BEHIND])
    op.create_index("ix_exhibit_size_bytes_id_compartment_id_level", "exhibit", ["size_bytes", *BEHIND])


def downgrade() -> None:
    """Remove them."""
    op.drop_index("ix_exhibit_size_bytes_id_compartment_id_level", "exhibit")
    op.drop_index("ix_exhibit_received_at_id_compartment_id_level", "exhibit")
    op.drop_index("ix_search_entry_kind_title_record_id", "search_entry")
    op.drop_column("search_entry", "title")
