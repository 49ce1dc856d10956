"""Tables of the osint room.

Files of a capture are exhibits, so this comes after them.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, StrictJSON, UTCDateTime

revision: str = "osint"
down_revision: str | None = "interviews"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

KEY = sa.Uuid(native_uuid=False)
WORD = sa.String(length=40)
WHOLE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


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


def _one_live(name: str, table: str, columns: list[str], live: str) -> None:
    """Allow only one row of these columns while ``live`` holds."""
    where = sa.text(live)
    op.create_index(name, table, columns, unique=True, sqlite_where=where, postgresql_where=where)


def upgrade() -> None:
    """Make the tables."""
    _make_capture()
    _make_availability_check()
    _make_capture_file()
    _make_verification_assessment()


def _make_capture() -> None:
    op.create_table(
        "capture",
        *_record("capture"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("mission_id", KEY),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url_requested", sa.Text(), nullable=False),
        sa.Column("url_final", sa.Text()),
        sa.Column("url_canonical", sa.Text()),
        sa.Column("redirects", StrictJSON(), nullable=False),
        sa.Column("requested_at", UTCDateTime()),
        sa.Column("captured_at", UTCDateTime(), nullable=False),
        sa.Column("clock_note", sa.Text()),
        sa.Column("clock_offset_ms", WHOLE),
        sa.Column("method", WORD, nullable=False),
        sa.Column("control", WORD, nullable=False),
        sa.Column("outcome", WORD, nullable=False),
        sa.Column("outcome_note", sa.Text()),
        sa.Column("tool", sa.Text(), nullable=False),
        sa.Column("tool_version", sa.Text(), nullable=False),
        sa.Column("tool_options", StrictJSON(), nullable=False),
        sa.Column("collector", sa.Text(), nullable=False),
        sa.Column("machine_note", sa.Text()),
        sa.Column("egress", WORD, nullable=False),
        sa.Column("egress_ip", sa.Text()),
        sa.Column("virtual_identity", sa.Text()),
        sa.Column("legality_attestation", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("discovery", sa.Text()),
        sa.Column("http_status", WHOLE),
        sa.Column("server_ip", sa.Text()),
        sa.Column("certificate_note", sa.Text()),
        sa.Column("browser", sa.Text()),
        sa.Column("user_agent", sa.Text()),
        sa.Column("viewport", sa.Text()),
        sa.Column("locale", sa.Text()),
        sa.Column("time_zone", sa.Text()),
        sa.Column("resources_total", WHOLE),
        sa.Column("resources_missing", WHOLE),
        sa.Column("platform", sa.Text()),
        sa.Column("platform_post_id", sa.Text()),
        sa.Column("uploader", sa.Text()),
        sa.Column("uploader_id", sa.Text()),
        sa.Column("uploader_url", sa.Text()),
        sa.Column("uploaded", MomentType()),
        sa.Column("event_stated", MomentType()),
        sa.Column("first_seen", MomentType()),
        sa.Column("first_seen_url", sa.Text()),
        sa.Column("archive_urls", StrictJSON(), nullable=False),
        sa.Column("context_statement", sa.Text()),
        sa.Column("context_source", sa.Text()),
        sa.Column("language", sa.Text()),
        sa.Column("is_graphic", sa.Boolean(), nullable=False),
        _to("capture", "mission_id", "mission"),
        sa.UniqueConstraint("reference", name="uq_capture_reference"),
    )
    op.create_index("ix_capture_compartment_id", "capture", ["compartment_id"])
    op.create_index("ix_capture_mission_id", "capture", ["mission_id"])
    op.create_index("ix_capture_platform_platform_post_id", "capture", ["platform", "platform_post_id"])
    op.create_index("ix_capture_url_canonical", "capture", ["url_canonical"])
    op.create_index("ix_capture_url_requested", "capture", ["url_requested"])


def _make_availability_check() -> None:
    op.create_table(
        "availability_check",
        *_record("availability_check"),
        sa.Column("capture_id", KEY, nullable=False),
        sa.Column("checked_at", UTCDateTime(), nullable=False),
        sa.Column("availability", WORD, nullable=False),
        sa.Column("http_status", WHOLE),
        sa.Column("note", sa.Text()),
        _to("availability_check", "capture_id", "capture"),
    )
    op.create_index("ix_availability_check_capture_id", "availability_check", ["capture_id"])
    op.create_index("ix_availability_check_compartment_id", "availability_check", ["compartment_id"])


def _make_capture_file() -> None:
    op.create_table(
        "capture_file",
        *_record("capture_file"),
        sa.Column("capture_id", KEY, nullable=False),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("source_url", sa.Text()),
        sa.Column("declared_media_type", sa.Text()),
        sa.Column("declared_size_bytes", WHOLE),
        sa.Column("note", sa.Text()),
        sa.Column("ended_at", UTCDateTime()),
        _to("capture_file", "capture_id", "capture"),
        _to("capture_file", "exhibit_id", "exhibit"),
    )
    op.create_index("ix_capture_file_capture_id", "capture_file", ["capture_id"])
    op.create_index("ix_capture_file_compartment_id", "capture_file", ["compartment_id"])
    op.create_index("ix_capture_file_exhibit_id", "capture_file", ["exhibit_id"])
    _one_live("uq_capture_file_live", "capture_file", ["capture_id", "exhibit_id"], "ended_at IS NULL")


def _make_verification_assessment() -> None:
    op.create_table(
        "verification_assessment",
        *_record("verification_assessment"),
        sa.Column("capture_id", KEY),
        sa.Column("exhibit_id", KEY),
        sa.Column("claim", sa.Text(), nullable=False),
        sa.Column("method", WORD, nullable=False),
        sa.Column("tools", sa.Text()),
        sa.Column("reference_material", sa.Text(), nullable=False),
        sa.Column("finding", WORD, nullable=False),
        sa.Column("reasoning", sa.Text(), nullable=False),
        sa.Column("counter_evidence", sa.Text()),
        sa.Column("place", PlaceType()),
        sa.Column("occurred", MomentType()),
        sa.Column("occurred_earliest_at", UTCDateTime()),
        sa.Column("occurred_latest_at", UTCDateTime()),
        sa.Column("done_at", UTCDateTime(), nullable=False),
        sa.Column("state", WORD, nullable=False),
        sa.Column("reviewed_by", KEY),
        sa.Column("reviewed_at", UTCDateTime()),
        sa.Column("review_note", sa.Text()),
        sa.Column("supersedes_id", KEY),
        sa.CheckConstraint(
            "(capture_id IS NULL) <> (exhibit_id IS NULL)", name="ck_verification_assessment_one_subject"
        ),
        sa.CheckConstraint(
            "reviewed_by IS NULL OR reviewed_by <> recorded_by",
            name="ck_verification_assessment_second_person",
        ),
        _to("verification_assessment", "capture_id", "capture"),
        _to("verification_assessment", "exhibit_id", "exhibit"),
        _to("verification_assessment", "reviewed_by", "account"),
        _to("verification_assessment", "supersedes_id", "verification_assessment"),
        sa.UniqueConstraint("supersedes_id", name="uq_verification_assessment_supersedes_id"),
    )
    op.create_index("ix_verification_assessment_capture_id", "verification_assessment", ["capture_id"])
    op.create_index(
        "ix_verification_assessment_compartment_id", "verification_assessment", ["compartment_id"]
    )
    op.create_index("ix_verification_assessment_exhibit_id", "verification_assessment", ["exhibit_id"])


def downgrade() -> None:
    """Drop them, the newest first."""
    for table in (
        "verification_assessment",
        "capture_file",
        "availability_check",
        "capture",
    ):
        op.drop_table(table)
