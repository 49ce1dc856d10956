"""The index of the search: one row for each record that can be found, and its words.

The words lie in an FTS5 table of their own, folded (``access.folding``). ``secure-delete`` overwrites
what is taken out of it at once, so that an erased text leaves no trace in the index. ``place`` is the
compartment as one word, so that the index itself leads to what is in a few of them. It is filled by
``upgrade`` after the migration, since what is searched is stated by the models.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import UTCDateTime

revision: str = "search"
down_revision: str | None = "sign_in"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)


def upgrade() -> None:
    """Make the tables."""
    op.create_table(
        "search_entry",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("record_id", KEY, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=True),
        sa.Column("compartment_id", KEY, nullable=False),
        sa.Column("level", sa.String(length=40), nullable=False),
        sa.Column("recorded_at", UTCDateTime(length=27), nullable=False),
        sa.Column("home_id", KEY, nullable=False),
        sa.Column("parent_id", KEY, nullable=True),
        sa.Column("along_id", KEY, nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_search_entry"),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name="fk_search_entry_compartment_id_compartment"
        ),
        sa.UniqueConstraint("record_id", name="uq_search_entry_record_id"),
    )
    op.execute(
        "CREATE VIRTUAL TABLE search_text USING fts5("
        "reference, title, text, place, tokenize = 'unicode61 remove_diacritics 0', columnsize = 0)"
    )
    op.execute("INSERT INTO search_text (search_text, rank) VALUES ('secure-delete', 1)")


def downgrade() -> None:
    """Remove them."""
    op.execute("DROP TABLE search_text")
    op.drop_table("search_entry")
