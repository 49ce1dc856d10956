"""Indexes in the order in which lists show and work waits, so that neither sorts all there is.

A list is found by the order of recording and filtered by compartment and level, which the index holds
too. What waits for somebody (no basis stated, no source, not examined, not checked, damaged) has small
indexes of its own.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "order"
down_revision: str | None = "blob_checks"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

LISTED = ("allegation", "capture", "exhibit", "incident", "interview", "person")
LIST = ["recorded_at", "id", "compartment_id", "level"]
WAITING = {
    "ix_blob_check_fault": ("blob_check", "checked_at", "fault IS NOT NULL"),
    "ix_exhibit_metadata_failed": ("exhibit_metadata", "recorded_at", "failed IS NOT NULL"),
    "ix_exhibit_without_basis": ("exhibit", "recorded_at", "legal_basis IS NULL"),
    "ix_exhibit_without_source": ("exhibit", "recorded_at", "source_kind IS NULL"),
    "ix_exhibit_from_persons": ("exhibit", "recorded_at", "source_kind = 'person'"),
    "ix_exhibit_unchecked": ("exhibit", "recorded_at", "derivative_kind IS NOT NULL AND checked_by IS NULL"),
}
LISTS = {f"ix_{table}_{'_'.join(LIST)}": table for table in LISTED}
INDEXES = frozenset({*LISTS, *WAITING})  # the tests of earlier revisions do not miss them


def upgrade() -> None:
    """Make the indexes."""
    for name, table in LISTS.items():
        op.create_index(name, table, LIST)
    for name, (table, column, condition) in WAITING.items():
        where = sa.text(condition)
        op.create_index(name, table, [column], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    """Remove them."""
    for name, (table, _column, _condition) in WAITING.items():
        op.drop_index(name, table)
    for name, table in LISTS.items():
        op.drop_index(name, table)
