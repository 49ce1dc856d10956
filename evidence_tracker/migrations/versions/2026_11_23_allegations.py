"""Tables of the allegations room.

The crime categories themselves are files of the package, not rows.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import StrictJSON, UTCDateTime

revision: str = "allegations"
down_revision: str | None = "incidents"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)
WORD = sa.String(length=40)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ONE_EVIDENCE = (
    "CASE WHEN exhibit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN interview_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN capture_id IS NULL THEN 0 ELSE 1 END = 1"
)


def _record(table: str) -> list[Any]:
    """Return what every record carries."""
    return [
        sa.Column("id", KEY, nullable=False),
        sa.Column("version", WHOLE, nullable=False),
        sa.Column("compartment_id", KEY, nullable=False),
        sa.Column("level", WORD, nullable=False),
        sa.Column("owner_id", KEY, nullable=False),
        sa.Column("purpose", sa.Text()),
        sa.Column("legal_basis", sa.Text()),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.Column("recorded_by", KEY, nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
        sa.ForeignKeyConstraint(
            ["compartment_id"], ["compartment.id"], name=f"fk_{table}_compartment_id_compartment"
        ),
        sa.ForeignKeyConstraint(["owner_id"], ["account.id"], name=f"fk_{table}_owner_id_account"),
        sa.ForeignKeyConstraint(["recorded_by"], ["account.id"], name=f"fk_{table}_recorded_by_account"),
    ]


def _to(table: str, column: str, other: str) -> sa.ForeignKeyConstraint:
    """Return a foreign key with the name of the convention."""
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=f"fk_{table}_{column}_{other}")


def upgrade() -> None:
    """Make the tables."""
    _make_allegation()
    _make_allegation_suspect()
    _make_element_finding()
    _make_bearing()


def _make_allegation() -> None:
    op.create_table(
        "allegation",
        *_record("allegation"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("pack_id", sa.Text(), nullable=False),
        sa.Column("pack_version", sa.Text(), nullable=False),
        sa.Column("pack_sha256", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("status", WORD, nullable=False),
        sa.Column("rationale", sa.Text(), nullable=False),
        sa.Column("ihl_basis", StrictJSON(), nullable=False),
        _to("allegation", "incident_id", "incident"),
        sa.UniqueConstraint("reference", name="uq_allegation_reference"),
    )
    op.create_index("ix_allegation_compartment_id", "allegation", ["compartment_id"])
    op.create_index("ix_allegation_incident_id", "allegation", ["incident_id"])
    op.create_index("ix_allegation_pack_id_code", "allegation", ["pack_id", "code"])


def _make_allegation_suspect() -> None:
    op.create_table(
        "allegation_suspect",
        *_record("allegation_suspect"),
        sa.Column("allegation_id", KEY, nullable=False),
        sa.Column("suspect_id", KEY),
        sa.Column("unit_id", KEY),
        sa.Column("mode_pack_id", sa.Text()),
        sa.Column("mode_pack_version", sa.Text()),
        sa.Column("mode_code", sa.Text()),
        sa.Column("confidence", WORD, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("asserted_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("allegation_suspect", "allegation_id", "allegation"),
        _to("allegation_suspect", "suspect_id", "suspect"),
        _to("allegation_suspect", "unit_id", "unit"),
        sa.CheckConstraint(
            "(mode_pack_id IS NULL) = (mode_code IS NULL)"
            " AND (mode_pack_id IS NULL) = (mode_pack_version IS NULL)",
            name=op.f("ck_allegation_suspect_mode_whole"),
        ),
        sa.CheckConstraint(
            "(suspect_id IS NULL) <> (unit_id IS NULL)", name=op.f("ck_allegation_suspect_one_suspect")
        ),
    )
    op.create_index("ix_allegation_suspect_allegation_id", "allegation_suspect", ["allegation_id"])
    op.create_index("ix_allegation_suspect_compartment_id", "allegation_suspect", ["compartment_id"])
    op.create_index("ix_allegation_suspect_suspect_id", "allegation_suspect", ["suspect_id"])
    op.create_index("ix_allegation_suspect_unit_id", "allegation_suspect", ["unit_id"])


def _make_element_finding() -> None:
    op.create_table(
        "element_finding",
        *_record("element_finding"),
        sa.Column("allegation_id", KEY, nullable=False),
        sa.Column("element_n", WHOLE, nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("found_by", sa.Text(), nullable=False),
        _to("element_finding", "allegation_id", "allegation"),
        sa.UniqueConstraint("allegation_id", "element_n", name="uq_element_finding_allegation_id_element_n"),
    )
    op.create_index("ix_element_finding_compartment_id", "element_finding", ["compartment_id"])


def _make_bearing() -> None:
    op.create_table(
        "bearing",
        *_record("bearing"),
        sa.Column("allegation_id", KEY, nullable=False),
        sa.Column("element_n", WHOLE, nullable=False),
        sa.Column("direction", WORD, nullable=False),
        sa.Column("strength", WHOLE, nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("asserted_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        sa.Column("exhibit_id", KEY),
        sa.Column("interview_id", KEY),
        sa.Column("capture_id", KEY),
        sa.Column("evidence_version", WHOLE, nullable=False),
        sa.Column("citation_kind", WORD, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        _to("bearing", "allegation_id", "allegation"),
        _to("bearing", "exhibit_id", "exhibit"),
        _to("bearing", "interview_id", "interview"),
        _to("bearing", "capture_id", "capture"),
        sa.CheckConstraint("strength BETWEEN 1 AND 3", name=op.f("ck_bearing_strength_scale")),
        sa.CheckConstraint("element_n >= 0", name=op.f("ck_bearing_element_counted")),
        sa.CheckConstraint(ONE_EVIDENCE, name=op.f("ck_bearing_one_evidence")),
    )
    op.create_index("ix_bearing_allegation_id_element_n", "bearing", ["allegation_id", "element_n"])
    op.create_index("ix_bearing_capture_id", "bearing", ["capture_id"])
    op.create_index("ix_bearing_compartment_id", "bearing", ["compartment_id"])
    op.create_index("ix_bearing_exhibit_id", "bearing", ["exhibit_id"])
    op.create_index("ix_bearing_interview_id", "bearing", ["interview_id"])


def downgrade() -> None:
    """Drop them, the last first."""
    for table in ("bearing", "element_finding", "allegation_suspect", "allegation"):
        op.drop_table(table)
