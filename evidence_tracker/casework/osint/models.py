"""Captures of online material and what their verification found."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


class CaptureMethod(StrEnum):
    """How the material was taken from online."""

    SERVER_BROWSER = "server-browser"
    SERVER_HTTP = "server-http"
    IMPORT_WACZ = "import-wacz"
    IMPORT_OTHER = "import-other"
    UPLOAD_ORIGINAL = "upload-original"
    UPLOAD_SCREENSHOT = "upload-screenshot"


class ControlLevel(StrEnum):
    """Who controlled the machine that captured: a page edited in a browser hashes just as well."""

    CONTROLLED_SERVER = "controlled-server"
    CONTROLLED_CLIENT = "controlled-client"
    UNCONTROLLED = "uncontrolled"


class CaptureOutcome(StrEnum):
    """How the attempt ended; failed attempts are recorded too."""

    COMPLETE = "complete"
    COMPLETE_WITH_GAPS = "complete-with-gaps"
    BLOCKED_AUTH_WALL = "blocked-auth-wall"
    BLOCKED_BOT_CHALLENGE = "blocked-bot-challenge"
    CONTENT_UNAVAILABLE = "content-unavailable"
    REFUSED_BY_POLICY = "refused-by-policy"
    FAILED_NETWORK = "failed-network"
    FAILED_TIMEOUT = "failed-timeout"
    FAILED_TOOL = "failed-tool"
    NOT_STATED = "not-stated"


class Egress(StrEnum):
    """By which way the request left; the target saw that address."""

    DIRECT = "direct"
    VPN = "vpn"
    TOR = "tor"
    PROXY = "proxy"
    UNKNOWN = "unknown"


class Capture(Record):
    """The act and record of taking something from online; the bytes are exhibits.

    Addresses and network facts are those of the collector, never of a source.
    ``uploaded`` is the platform's claim, ``event_stated`` what is said of the event shown.
    """

    __tablename__ = "capture"
    searched = Searched(
        title=("title",),
        texts=("reason", "context_statement", "uploader"),
        codes=("url_requested", "url_final", "platform_post_id"),
    )
    __table_args__ = (
        Index(None, "platform", "platform_post_id"),
        Index(None, "recorded_at", "id", "compartment_id", "level"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission.id"), index=True)
    title: Mapped[str]
    url_requested: Mapped[str] = mapped_column(index=True)
    url_final: Mapped[str | None]
    url_canonical: Mapped[str | None] = mapped_column(index=True)
    redirects: Mapped[list[str]] = mapped_column(default=list)
    requested_at: Mapped[datetime | None]
    captured_at: Mapped[datetime]
    clock_note: Mapped[str | None]
    clock_offset_ms: Mapped[int | None]
    method: Mapped[CaptureMethod] = mapped_column(words(CaptureMethod))
    control: Mapped[ControlLevel] = mapped_column(words(ControlLevel))
    outcome: Mapped[CaptureOutcome] = mapped_column(words(CaptureOutcome))
    outcome_note: Mapped[str | None]
    tool: Mapped[str]
    tool_version: Mapped[str]
    tool_options: Mapped[dict[str, Any]] = mapped_column(default=dict)
    collector: Mapped[str]
    machine_note: Mapped[str | None]
    egress: Mapped[Egress] = mapped_column(words(Egress))
    egress_ip: Mapped[str | None]
    virtual_identity: Mapped[str | None]
    legality_attestation: Mapped[str]
    reason: Mapped[str]
    discovery: Mapped[str | None]
    http_status: Mapped[int | None]
    server_ip: Mapped[str | None]
    certificate_note: Mapped[str | None]
    browser: Mapped[str | None]
    user_agent: Mapped[str | None]
    viewport: Mapped[str | None]
    locale: Mapped[str | None]
    time_zone: Mapped[str | None]
    resources_total: Mapped[int | None]
    resources_missing: Mapped[int | None]
    platform: Mapped[str | None]
    platform_post_id: Mapped[str | None]
    uploader: Mapped[str | None]
    uploader_id: Mapped[str | None]
    uploader_url: Mapped[str | None]
    uploaded: Mapped[Moment | None]
    event_stated: Mapped[Moment | None]
    first_seen: Mapped[Moment | None]
    first_seen_url: Mapped[str | None]
    archive_urls: Mapped[list[str]] = mapped_column(default=list)
    context_statement: Mapped[str | None]
    context_source: Mapped[str | None]
    language: Mapped[str | None]
    is_graphic: Mapped[bool] = mapped_column(default=False)


class FileRole(StrEnum):
    """What a file of a capture is."""

    HTML = "html"
    FULL_PAGE = "full-page"
    MEDIA = "media"
    WARC = "warc"
    WACZ = "wacz"
    METADATA = "metadata"
    HASH_LIST = "hash-list"
    OTHER = "other"


class CaptureFile(Record):
    """An exhibit that a capture brought, and what it is to the capture."""

    __tablename__ = "capture_file"
    __table_args__ = (
        Index(
            "uq_capture_file_live",
            "capture_id",
            "exhibit_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    capture_id: Mapped[UUID] = mapped_column(ForeignKey("capture.id"), index=True)
    exhibit_id: Mapped[UUID] = mapped_column(ForeignKey("exhibit.id"), index=True)
    role: Mapped[FileRole] = mapped_column(words(FileRole))
    source_url: Mapped[str | None]
    declared_media_type: Mapped[str | None]
    declared_size_bytes: Mapped[int | None]
    note: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class Availability(StrEnum):
    """What a later look found at the address."""

    LIVE = "live"
    CHANGED = "changed"
    DELETED = "deleted"
    RESTRICTED = "restricted"
    ACCOUNT_SUSPENDED = "account-suspended"
    UNKNOWN = "unknown"


class AvailabilityCheck(Record):
    """One later look at the address: was it taken down, by when at the latest."""

    __tablename__ = "availability_check"

    capture_id: Mapped[UUID] = mapped_column(ForeignKey("capture.id"), index=True)
    checked_at: Mapped[datetime]
    availability: Mapped[Availability] = mapped_column(words(Availability))
    http_status: Mapped[int | None]
    note: Mapped[str | None]


class AssessmentMethod(StrEnum):
    """Which question an assessment answers."""

    GEOLOCATION = "geolocation"
    CHRONOLOCATION = "chronolocation"
    SOURCE = "source"
    CONTENT = "content"
    SYNTHETIC_CHECK = "synthetic-check"


class Finding(StrEnum):
    """What an assessment found for its claim."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNVERIFIED = "unverified"
    FALSE = "false"


class ReviewState(StrEnum):
    """Where an assessment stands between its analyst and another person."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    PEER_REVIEWED = "peer-reviewed"
    SUPERSEDED = "superseded"


class Assessment(Record):
    """One claim about a capture or an exhibit, tested by one method; never "authentic".

    A later conclusion supersedes an earlier one and leaves it standing.
    """

    __tablename__ = "verification_assessment"
    searched = Searched(
        texts=("claim", "reasoning", "counter_evidence", "place"), of=("capture_id", "exhibit_id")
    )
    __table_args__ = (
        CheckConstraint("(capture_id IS NULL) <> (exhibit_id IS NULL)", name="one_subject"),
        CheckConstraint("reviewed_by IS NULL OR reviewed_by <> recorded_by", name="second_person"),
    )

    capture_id: Mapped[UUID | None] = mapped_column(ForeignKey("capture.id"), index=True)
    exhibit_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    claim: Mapped[str]
    method: Mapped[AssessmentMethod] = mapped_column(words(AssessmentMethod))
    tools: Mapped[str | None]
    reference_material: Mapped[str]
    finding: Mapped[Finding] = mapped_column(words(Finding))
    reasoning: Mapped[str]
    counter_evidence: Mapped[str | None]
    place: Mapped[Place | None]
    occurred: Mapped[Moment | None]
    occurred_earliest_at: Mapped[datetime | None]
    occurred_latest_at: Mapped[datetime | None]
    done_at: Mapped[datetime]
    state: Mapped[ReviewState] = mapped_column(words(ReviewState))
    reviewed_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    reviewed_at: Mapped[datetime | None]
    review_note: Mapped[str | None]
    supersedes_id: Mapped[UUID | None] = mapped_column(ForeignKey("verification_assessment.id"), unique=True)
