"""Allegations, findings and bearings. The categories themselves are data (``packs/``)."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.casework.actors.models import Confidence
from evidence_tracker.casework.incidents.models import ONE_EVIDENCE, CitesEvidence


class AllegationStatus(StrEnum):
    """How far an allegation has come; only a prosecutor takes it further."""

    CLAIMED = "claimed"
    SUPPORTED = "supported"
    CONTESTED = "contested"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class FindingState(StrEnum):
    """What an analyst finds of one element."""

    OPEN = "open"
    MET = "met"
    NOT_MET = "not-met"
    CONTESTED = "contested"


class Direction(StrEnum):
    """Which way a piece of evidence bears on an element; both ways are recorded."""

    INCULPATORY = "inculpatory"
    EXCULPATORY = "exculpatory"
    CONTEXT = "context"


class Allegation(Record):
    """An incident read under one category of one published pack.

    ``pack_sha256`` is the digest of the pack's file, so that the words of the category
    are fixed with the allegation. ``ihl_basis`` names treaty articles where the category
    is a blanket reference to them (``GC IV art 49``).
    """

    __tablename__ = "allegation"
    searched = Searched(texts=("rationale",), codes=("code",))
    __table_args__ = (
        Index(None, "pack_id", "code"),
        Index(None, "recorded_at", "id", "compartment_id", "level"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    pack_id: Mapped[str]
    pack_version: Mapped[str]
    pack_sha256: Mapped[str]
    code: Mapped[str]
    status: Mapped[AllegationStatus] = mapped_column(words(AllegationStatus))
    rationale: Mapped[str]
    ihl_basis: Mapped[list[str]]


class AllegationSuspect(Record):
    """A suspect or unit under an allegation, with the mode of liability where one is stated."""

    __tablename__ = "allegation_suspect"
    searched = Searched(texts=("basis",), of=("allegation_id",), along=("suspect_id", "unit_id"))
    __table_args__ = (
        CheckConstraint("(suspect_id IS NULL) <> (unit_id IS NULL)", name="one_suspect"),
        CheckConstraint(
            "(mode_pack_id IS NULL) = (mode_code IS NULL)"
            " AND (mode_pack_id IS NULL) = (mode_pack_version IS NULL)",
            name="mode_whole",
        ),
    )

    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"), index=True)
    suspect_id: Mapped[UUID | None] = mapped_column(ForeignKey("suspect.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    mode_pack_id: Mapped[str | None]
    mode_pack_version: Mapped[str | None]
    mode_code: Mapped[str | None]
    confidence: Mapped[Confidence] = mapped_column(words(Confidence))
    basis: Mapped[str]
    asserted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class ElementFinding(Record):
    """What is found of one element so far; one row an element, its history is in the custody log."""

    __tablename__ = "element_finding"
    searched = Searched(texts=("reasoning",), of=("allegation_id",))
    __table_args__ = (UniqueConstraint("allegation_id", "element_n"),)

    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    element_n: Mapped[int]
    state: Mapped[FindingState] = mapped_column(words(FindingState))
    reasoning: Mapped[str]
    found_by: Mapped[str]


class Bearing(CitesEvidence, Record):
    """How one passage of one piece of evidence touches one element.

    ``element_n`` 0 means the allegation as a whole. ``direction`` is never changed: a
    bearing is ended with a reason and stays readable, so that nothing exculpatory is
    turned or dropped in silence. ``strength`` is 1 (weak) to 3 (strong).
    """

    __tablename__ = "bearing"
    searched = Searched(
        texts=("note",), of=("allegation_id",), along=("exhibit_id", "interview_id", "capture_id")
    )
    __table_args__ = (
        CheckConstraint(ONE_EVIDENCE, name="one_evidence"),
        CheckConstraint("strength BETWEEN 1 AND 3", name="strength_scale"),
        CheckConstraint("element_n >= 0", name="element_counted"),
        Index(None, "allegation_id", "element_n"),
    )

    allegation_id: Mapped[UUID] = mapped_column(ForeignKey("allegation.id"))
    element_n: Mapped[int]
    direction: Mapped[Direction] = mapped_column(words(Direction))
    strength: Mapped[int]
    note: Mapped[str]
    asserted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
