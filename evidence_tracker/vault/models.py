"""Rows of the vault: the keys of compartments, and what lies in the store."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.db import Base, Evidential


class CompartmentKey(Base):
    """The wrapped key of one compartment; destroying it makes the compartment unreadable."""

    __tablename__ = "compartment_key"

    id: Mapped[UUID] = mapped_column(primary_key=True)
    wraps: Mapped[list[dict[str, Any]]]


class Blob(Evidential):
    """Bytes in the store, encrypted, under a random id.

    ``sha256`` and ``crc32`` are of the plaintext, ``ciphertext_sha256`` of what lies on
    disk. The same bytes are stored once per compartment, never shared across.
    """

    __tablename__ = "blob"
    __table_args__ = (UniqueConstraint("compartment_id", "sha256"),)

    compartment_id: Mapped[UUID] = mapped_column(ForeignKey("compartment_key.id"))
    sha256: Mapped[str]
    size: Mapped[int]
    crc32: Mapped[int]
    ciphertext_sha256: Mapped[str]
    ciphertext_size: Mapped[int]
    media_type: Mapped[str]
    detector: Mapped[str]
    detector_version: Mapped[str]
    wraps: Mapped[list[dict[str, Any]]]
    stored_at: Mapped[datetime]


class BlobCheck(Base):
    """The newest time that a blob was read from its first byte to its last, and what was wrong then.

    ``fault`` is None where it was whole. It says when somebody looked; it proves nothing by itself.
    """

    __tablename__ = "blob_check"
    __table_args__ = (
        Index(
            "ix_blob_check_fault",
            "checked_at",
            sqlite_where=text("fault IS NOT NULL"),
            postgresql_where=text("fault IS NOT NULL"),
        ),
    )

    blob_id: Mapped[UUID] = mapped_column(ForeignKey("blob.id"), primary_key=True)
    checked_at: Mapped[datetime]
    fault: Mapped[str | None]
