"""Tables of the exhibits room.

Transfers, seals and links of persons carry partial unique indexes: the database itself refuses
a second open transfer, a seal number in use twice and the same live link twice.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

from evidence_tracker.db import MomentType, PlaceType, StrictJSON, UTCDateTime

revision: str = "exhibits"
down_revision: str | None = "persons"
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
    _make_exhibit()
    _make_exhibit_digest()
    _make_exhibit_metadata()
    _make_exhibit_person()
    _make_physical_item()
    _make_provenance_step()
    _make_remnant()
    _make_seal()
    _make_transfer()
    _make_component()
    _make_item_photo()


def _make_exhibit() -> None:
    op.create_table(
        "exhibit",
        *_record("exhibit"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text()),
        sa.Column("mission_id", KEY),
        sa.Column("blob_id", KEY),
        sa.Column("sha256", sa.Text()),
        sa.Column("size_bytes", WHOLE),
        sa.Column("media_type", sa.Text()),
        sa.Column("original_name", sa.Text()),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("received_from", sa.Text()),
        sa.Column("source_kind", WORD),
        sa.Column("method", sa.Text()),
        sa.Column("collected", MomentType()),
        sa.Column("collected_earliest_at", UTCDateTime()),
        sa.Column("collected_latest_at", UTCDateTime()),
        sa.Column("collected_by", sa.Text()),
        sa.Column("place", PlaceType()),
        sa.Column("device", sa.Text()),
        sa.Column("device_clock_offset_s", WHOLE),
        sa.Column("language", sa.Text()),
        sa.Column("particulars", StrictJSON(), nullable=False),
        sa.Column("is_graphic", sa.Boolean(), nullable=False),
        sa.Column("admissibility_notes", sa.Text()),
        sa.Column("retention", WORD),
        sa.Column("made_from_id", KEY),
        sa.Column("derivative_kind", WORD),
        sa.Column("made_how", sa.Text()),
        sa.Column("made_with", sa.Text()),
        sa.Column("checked_by", KEY),
        sa.Column("checked_at", UTCDateTime()),
        sa.CheckConstraint(
            "(blob_id IS NULL) = (sha256 IS NULL) AND (blob_id IS NULL) = (size_bytes IS NULL)"
            " AND (blob_id IS NULL) = (media_type IS NULL)",
            name="ck_exhibit_bytes_whole",
        ),
        sa.CheckConstraint("(checked_by IS NULL) = (checked_at IS NULL)", name="ck_exhibit_check_whole"),
        sa.CheckConstraint(
            "(made_from_id IS NULL) = (derivative_kind IS NULL)", name="ck_exhibit_derivative_whole"
        ),
        sa.CheckConstraint(
            "checked_by IS NULL OR checked_by <> recorded_by", name="ck_exhibit_second_person"
        ),
        _to("exhibit", "blob_id", "blob"),
        _to("exhibit", "checked_by", "account"),
        _to("exhibit", "made_from_id", "exhibit"),
        _to("exhibit", "mission_id", "mission"),
        sa.UniqueConstraint("reference", name="uq_exhibit_reference"),
    )
    op.create_index("ix_exhibit_blob_id", "exhibit", ["blob_id"])
    op.create_index("ix_exhibit_compartment_id", "exhibit", ["compartment_id"])
    op.create_index("ix_exhibit_made_from_id", "exhibit", ["made_from_id"])
    op.create_index("ix_exhibit_mission_id", "exhibit", ["mission_id"])
    op.create_index("ix_exhibit_sha256", "exhibit", ["sha256"])


def _make_exhibit_digest() -> None:
    op.create_table(
        "exhibit_digest",
        *_record("exhibit_digest"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("algorithm", sa.Text(), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.Column("is_match", sa.Boolean()),
        _to("exhibit_digest", "exhibit_id", "exhibit"),
    )
    op.create_index("ix_exhibit_digest_compartment_id", "exhibit_digest", ["compartment_id"])
    op.create_index("ix_exhibit_digest_exhibit_id", "exhibit_digest", ["exhibit_id"])


def _make_exhibit_metadata() -> None:
    op.create_table(
        "exhibit_metadata",
        *_record("exhibit_metadata"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("examined_at", UTCDateTime(), nullable=False),
        sa.Column("examiner", sa.Text(), nullable=False),
        sa.Column("width_px", WHOLE),
        sa.Column("height_px", WHOLE),
        sa.Column("pages", WHOLE),
        sa.Column("claimed_taken", sa.Text()),
        sa.Column("claimed_offset", sa.Text()),
        sa.Column("claimed_latitude", sa.Text()),
        sa.Column("claimed_longitude", sa.Text()),
        sa.Column("camera_make", sa.Text()),
        sa.Column("camera_model", sa.Text()),
        sa.Column("properties", StrictJSON(), nullable=False),
        sa.Column("failed", sa.Text()),
        _to("exhibit_metadata", "exhibit_id", "exhibit"),
    )
    op.create_index("ix_exhibit_metadata_compartment_id", "exhibit_metadata", ["compartment_id"])
    op.create_index("ix_exhibit_metadata_exhibit_id", "exhibit_metadata", ["exhibit_id"])


def _make_exhibit_person() -> None:
    op.create_table(
        "exhibit_person",
        *_record("exhibit_person"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("person_id", KEY, nullable=False),
        sa.Column("role", WORD, nullable=False),
        sa.Column("basis", WORD),
        sa.Column("basis_note", sa.Text()),
        sa.Column("ended_at", UTCDateTime()),
        sa.Column("ended_reason", sa.Text()),
        _to("exhibit_person", "exhibit_id", "exhibit"),
        _to("exhibit_person", "person_id", "person"),
    )
    op.create_index("ix_exhibit_person_compartment_id", "exhibit_person", ["compartment_id"])
    op.create_index("ix_exhibit_person_exhibit_id", "exhibit_person", ["exhibit_id"])
    op.create_index("ix_exhibit_person_person_id", "exhibit_person", ["person_id"])
    _one_live(
        "uq_exhibit_person_live", "exhibit_person", ["exhibit_id", "person_id", "role"], "ended_at IS NULL"
    )


def _make_physical_item() -> None:
    op.create_table(
        "physical_item",
        *_record("physical_item"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("exception_reason", sa.Text(), nullable=False),
        sa.Column("imminent_loss", sa.Text(), nullable=False),
        sa.Column("lawful_basis", sa.Text(), nullable=False),
        sa.Column("authority_notified", sa.Text(), nullable=False),
        sa.Column("notified", MomentType(), nullable=False),
        sa.Column("authority_answer", sa.Text()),
        sa.Column("hazard", WORD, nullable=False),
        sa.Column("cleared_by", sa.Text()),
        sa.Column("dimensions", sa.Text()),
        sa.Column("markings", sa.Text()),
        sa.Column("packaging", sa.Text()),
        sa.Column("protective_equipment", sa.Text()),
        sa.Column("storage_temperature", sa.Text()),
        sa.Column("storage_location", sa.Text()),
        _to("physical_item", "exhibit_id", "exhibit"),
        sa.UniqueConstraint("exhibit_id", name="uq_physical_item_exhibit_id"),
    )
    op.create_index("ix_physical_item_compartment_id", "physical_item", ["compartment_id"])


def _make_provenance_step() -> None:
    op.create_table(
        "provenance_step",
        *_record("provenance_step"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("kind", WORD, nullable=False),
        sa.Column("held_from", MomentType()),
        sa.Column("held_until", MomentType()),
        sa.Column("stated_by", sa.Text(), nullable=False),
        sa.Column("note", sa.Text()),
        _to("provenance_step", "exhibit_id", "exhibit"),
        sa.UniqueConstraint("exhibit_id", "position", name="uq_provenance_step_exhibit_id_position"),
    )
    op.create_index("ix_provenance_step_compartment_id", "provenance_step", ["compartment_id"])


def _make_remnant() -> None:
    op.create_table(
        "remnant",
        *_record("remnant"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("munition", sa.Text()),
        sa.Column("confidence", WORD, nullable=False),
        sa.Column("munition_basis", sa.Text()),
        sa.Column("found", MomentType(), nullable=False),
        sa.Column("found_by", sa.Text()),
        sa.Column("position", PlaceType(), nullable=False),
        sa.Column("markings", sa.Text()),
        sa.Column("serial_number", sa.Text()),
        sa.Column("lot_number", sa.Text()),
        sa.Column("fuze", sa.Text()),
        sa.Column("fragments", sa.Text()),
        sa.Column("crater_diameter_mm", WHOLE),
        sa.Column("crater_depth_mm", WHOLE),
        sa.Column("crater_azimuth_deg", WHOLE),
        sa.Column("crater_note", sa.Text()),
        sa.Column("cleared_by", sa.Text()),
        sa.Column("cleared", MomentType()),
        sa.Column("is_handled", sa.Boolean(), nullable=False),
        sa.Column("custodian", sa.Text()),
        sa.Column("note", sa.Text()),
        sa.CheckConstraint(
            "(munition IS NULL) = (confidence = 'unknown')", name="ck_remnant_hypothesis_rated"
        ),
        sa.CheckConstraint(
            "NOT is_handled OR cleared_by IS NOT NULL", name="ck_remnant_cleared_before_handled"
        ),
        _to("remnant", "exhibit_id", "exhibit"),
        sa.UniqueConstraint("reference", name="uq_remnant_reference"),
    )
    op.create_index("ix_remnant_compartment_id", "remnant", ["compartment_id"])
    op.create_index("ix_remnant_exhibit_id", "remnant", ["exhibit_id"])


def _make_seal() -> None:
    op.create_table(
        "seal",
        *_record("seal"),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("container", sa.Text()),
        sa.Column("applied", MomentType(), nullable=False),
        sa.Column("witness", sa.Text()),
        sa.Column("opened", MomentType()),
        sa.Column("opened_reason", sa.Text()),
        sa.Column("was_intact", sa.Boolean()),
        _to("seal", "exhibit_id", "exhibit"),
        sa.UniqueConstraint("exhibit_id", "position", name="uq_seal_exhibit_id_position"),
    )
    op.create_index("ix_seal_compartment_id", "seal", ["compartment_id"])
    _one_live("uq_seal_in_use", "seal", ["number"], "opened IS NULL")
    _one_live("uq_seal_on_exhibit", "seal", ["exhibit_id"], "opened IS NULL")


def _make_transfer() -> None:
    op.create_table(
        "transfer",
        *_record("transfer"),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("exhibit_id", KEY, nullable=False),
        sa.Column("position", WHOLE, nullable=False),
        sa.Column("released_by", sa.Text(), nullable=False),
        sa.Column("released_organisation", sa.Text(), nullable=False),
        sa.Column("received_by", sa.Text(), nullable=False),
        sa.Column("received_organisation", sa.Text(), nullable=False),
        sa.Column("happened", MomentType(), nullable=False),
        sa.Column("place", PlaceType()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("authority", sa.Text()),
        sa.Column("transport", sa.Text()),
        sa.Column("container", sa.Text()),
        sa.Column("seal_old", sa.Text()),
        sa.Column("seal_new", sa.Text()),
        sa.Column("is_seal_intact", sa.Boolean()),
        sa.Column("condition", sa.Text(), nullable=False),
        sa.Column("media_serial", sa.Text()),
        sa.Column("witness", sa.Text()),
        sa.Column("signature_id", KEY),
        sa.Column("remarks", sa.Text()),
        sa.Column("ended_as", WORD),
        sa.Column("ended", MomentType()),
        sa.Column("end_condition", sa.Text()),
        sa.Column("end_remarks", sa.Text()),
        _to("transfer", "exhibit_id", "exhibit"),
        _to("transfer", "signature_id", "exhibit"),
        sa.UniqueConstraint("exhibit_id", "position", name="uq_transfer_exhibit_id_position"),
        sa.UniqueConstraint("reference", name="uq_transfer_reference"),
    )
    op.create_index("ix_transfer_compartment_id", "transfer", ["compartment_id"])
    _one_live("uq_transfer_open", "transfer", ["exhibit_id"], "ended_as IS NULL")


def _make_component() -> None:
    op.create_table(
        "component",
        *_record("component"),
        sa.Column("remnant_id", KEY, nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("manufacturer_marking", sa.Text()),
        sa.Column("part_number", sa.Text()),
        sa.Column("trademark_image_id", KEY),
        sa.Column("date_code", sa.Text()),
        sa.Column("company_id", KEY),
        sa.Column("company_basis", sa.Text()),
        sa.Column("seat_country", sa.Text()),
        sa.Column("hs_code", sa.Text()),
        sa.Column("battlefield_list", WORD, nullable=False),
        sa.Column("battlefield_tier", WHOLE),
        sa.Column("battlefield_version", sa.Text()),
        sa.Column("is_dual_use", sa.Boolean()),
        sa.Column("supplier_trace", sa.Text()),
        _to("component", "company_id", "company"),
        _to("component", "remnant_id", "remnant"),
        _to("component", "trademark_image_id", "exhibit"),
    )
    op.create_index("ix_component_company_id", "component", ["company_id"])
    op.create_index("ix_component_compartment_id", "component", ["compartment_id"])
    op.create_index("ix_component_part_number", "component", ["part_number"])
    op.create_index("ix_component_remnant_id", "component", ["remnant_id"])


def _make_item_photo() -> None:
    op.create_table(
        "item_photo",
        *_record("item_photo"),
        sa.Column("physical_item_id", KEY),
        sa.Column("remnant_id", KEY),
        sa.Column("photo_id", KEY, nullable=False),
        sa.Column("view", WORD, nullable=False),
        sa.Column("ended_at", UTCDateTime()),
        sa.CheckConstraint(
            "(physical_item_id IS NULL) <> (remnant_id IS NULL)", name="ck_item_photo_one_thing"
        ),
        _to("item_photo", "photo_id", "exhibit"),
        _to("item_photo", "physical_item_id", "physical_item"),
        _to("item_photo", "remnant_id", "remnant"),
    )
    op.create_index("ix_item_photo_compartment_id", "item_photo", ["compartment_id"])
    op.create_index("ix_item_photo_photo_id", "item_photo", ["photo_id"])
    op.create_index("ix_item_photo_physical_item_id", "item_photo", ["physical_item_id"])
    op.create_index("ix_item_photo_remnant_id", "item_photo", ["remnant_id"])


def downgrade() -> None:
    """Drop them, the newest first."""
    for table in (
        "item_photo",
        "component",
        "transfer",
        "seal",
        "remnant",
        "provenance_step",
        "physical_item",
        "exhibit_person",
        "exhibit_metadata",
        "exhibit_digest",
        "exhibit",
    ):
        op.drop_table(table)
