"""Tables of the incidents room.

They point down to missions, persons, actors, exhibits, interviews and captures.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, UTCDateTime

revision: str = "incidents"
down_revision: str | None = "osint"
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
    _make_incident()
    _make_casualty()
    _make_incident_person()
    _make_incident_actor()
    _make_evidence_link()
    _make_incident_remnant()


def _make_incident() -> None:
    op.create_table(
        "incident",
        *_record("incident"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("mission_id", KEY),
        sa.Column("occurred", MomentType(), nullable=False),
        sa.Column("earliest_at", UTCDateTime(), nullable=False),
        sa.Column("latest_at", UTCDateTime(), nullable=False),
        sa.Column("place", PlaceType()),
        sa.Column("narrative", sa.Text(), nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("target_object", sa.Text()),
        sa.Column("target_status", WORD),
        sa.Column("military_presence", sa.Text()),
        sa.Column("warning_given", WORD),
        sa.Column("weapon_system", sa.Text()),
        sa.Column("launch_direction", sa.Text()),
        sa.Column("damage", sa.Text()),
        sa.Column("reverberating_effects", sa.Text()),
        sa.Column("undefended_status", WORD),
        sa.Column("advantage_notes", sa.Text()),
        _to("incident", "mission_id", "mission"),
        sa.UniqueConstraint("reference", name="uq_incident_reference"),
    )
    op.create_index("ix_incident_compartment_id", "incident", ["compartment_id"])
    op.create_index("ix_incident_earliest_at", "incident", ["earliest_at"])
    op.create_index("ix_incident_mission_id", "incident", ["mission_id"])


def _make_casualty() -> None:
    op.create_table(
        "casualty",
        *_record("casualty"),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("category", WORD, nullable=False),
        sa.Column("sex", WORD, nullable=False),
        sa.Column("age_band", WORD, nullable=False),
        sa.Column("harm", WORD, nullable=False),
        sa.Column("count_min", WHOLE, nullable=False),
        sa.Column("count_max", WHOLE),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("casualty", "incident_id", "incident"),
        sa.CheckConstraint(
            "count_min >= 0 AND (count_max IS NULL OR count_max >= count_min)",
            name=op.f("ck_casualty_counts_in_order"),
        ),
    )
    op.create_index("ix_casualty_compartment_id", "casualty", ["compartment_id"])
    op.create_index("ix_casualty_incident_id", "casualty", ["incident_id"])


def _make_incident_person() -> None:
    op.create_table(
        "incident_person",
        *_record("incident_person"),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("note", sa.Text()),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("incident_person", "incident_id", "incident"),
        _to("incident_person", "person_id", "person"),
    )
    op.create_index("ix_incident_person_compartment_id", "incident_person", ["compartment_id"])
    op.create_index("ix_incident_person_incident_id", "incident_person", ["incident_id"])
    op.create_index("ix_incident_person_person_id", "incident_person", ["person_id"])
    op.create_index(
        "uq_incident_person_live",
        "incident_person",
        ["incident_id", "person_id", "role"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def _make_incident_actor() -> None:
    op.create_table(
        "incident_actor",
        *_record("incident_actor"),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("unit_id", KEY),
        sa.Column("suspect_id", KEY),
        sa.Column("company_id", KEY),
        sa.Column("role", WORD, nullable=False),
        sa.Column("confidence", WORD, nullable=False),
        sa.Column("basis", sa.Text(), nullable=False),
        sa.Column("asserted_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("incident_actor", "incident_id", "incident"),
        _to("incident_actor", "unit_id", "unit"),
        _to("incident_actor", "suspect_id", "suspect"),
        _to("incident_actor", "company_id", "company"),
        sa.CheckConstraint(
            "CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN suspect_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN company_id IS NULL THEN 0 ELSE 1 END = 1",
            name=op.f("ck_incident_actor_one_actor"),
        ),
    )
    op.create_index("ix_incident_actor_company_id", "incident_actor", ["company_id"])
    op.create_index("ix_incident_actor_compartment_id", "incident_actor", ["compartment_id"])
    op.create_index("ix_incident_actor_incident_id", "incident_actor", ["incident_id"])
    op.create_index("ix_incident_actor_suspect_id", "incident_actor", ["suspect_id"])
    op.create_index("ix_incident_actor_unit_id", "incident_actor", ["unit_id"])


def _make_evidence_link() -> None:
    op.create_table(
        "evidence_link",
        *_record("evidence_link"),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("shows", sa.Text(), nullable=False),
        sa.Column("stance", WORD, nullable=False),
        sa.Column("asserted_by", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        sa.Column("exhibit_id", KEY),
        sa.Column("interview_id", KEY),
        sa.Column("capture_id", KEY),
        sa.Column("evidence_version", WHOLE, nullable=False),
        sa.Column("citation_kind", WORD, nullable=False),
        sa.Column("anchor", sa.Text(), nullable=False),
        _to("evidence_link", "incident_id", "incident"),
        _to("evidence_link", "exhibit_id", "exhibit"),
        _to("evidence_link", "interview_id", "interview"),
        _to("evidence_link", "capture_id", "capture"),
        sa.CheckConstraint(ONE_EVIDENCE, name=op.f("ck_evidence_link_one_evidence")),
    )
    op.create_index("ix_evidence_link_capture_id", "evidence_link", ["capture_id"])
    op.create_index("ix_evidence_link_compartment_id", "evidence_link", ["compartment_id"])
    op.create_index("ix_evidence_link_exhibit_id", "evidence_link", ["exhibit_id"])
    op.create_index("ix_evidence_link_incident_id", "evidence_link", ["incident_id"])
    op.create_index("ix_evidence_link_interview_id", "evidence_link", ["interview_id"])


def _make_incident_remnant() -> None:
    op.create_table(
        "incident_remnant",
        *_record("incident_remnant"),
        sa.Column("incident_id", KEY, nullable=False),
        sa.Column("remnant_id", KEY, nullable=False),
        sa.Column("attribution", sa.Text(), nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("incident_remnant", "incident_id", "incident"),
        _to("incident_remnant", "remnant_id", "remnant"),
    )
    op.create_index("ix_incident_remnant_compartment_id", "incident_remnant", ["compartment_id"])
    op.create_index("ix_incident_remnant_incident_id", "incident_remnant", ["incident_id"])
    op.create_index("ix_incident_remnant_remnant_id", "incident_remnant", ["remnant_id"])
    op.create_index(
        "uq_incident_remnant_live",
        "incident_remnant",
        ["incident_id", "remnant_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )


def downgrade() -> None:
    """Drop them, the last first."""
    for table in (
        "incident_remnant",
        "evidence_link",
        "incident_actor",
        "incident_person",
        "casualty",
        "incident",
    ):
        op.drop_table(table)
