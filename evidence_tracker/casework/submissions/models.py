"""Submissions, approvals, bundles, the disclosure log and receipts: nouns only.

docs/explanation/data-model/submissions.md describes the columns.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.casework.consent.models import IdentityLevel, Use
from evidence_tracker.values.moment import Moment


class SubmissionKind(StrEnum):
    """What goes: items, or the identities of persons in them (a second, separately sealed bundle)."""

    EVIDENCE = "evidence"
    IDENTITY_ANNEX = "identity-annex"


class ItemKind(StrEnum):
    """What an item of a submission is."""

    EXHIBIT = "exhibit"
    INTERVIEW = "interview"
    INCIDENT = "incident"
    ALLEGATION = "allegation"
    PERSON = "person"

    @property
    def prefix(self) -> str:
        """Return the letters of its number in a submission."""
        return {"exhibit": "EX", "interview": "IN", "incident": "IC", "allegation": "AL", "person": "ID"}[
            self.value
        ]


class Submission(Record):
    """What is prepared for one recipient, for one use.

    ``statement`` holds the approved words on what is in and which categories are not;
    the recipient reads them. ``opened_by`` and whoever adds items prepare; another
    person approves.
    """

    __tablename__ = "submission"
    searched = Searched(title=("title",), texts=("statement",))
    __table_args__ = (
        CheckConstraint("(kind = 'identity-annex') = (annex_of_id IS NOT NULL)", name="annex_of_something"),
    )

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[SubmissionKind] = mapped_column(words(SubmissionKind))
    title: Mapped[str]
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    use: Mapped[Use] = mapped_column(words(Use))
    statement: Mapped[str]
    language: Mapped[str]
    annex_of_id: Mapped[UUID | None] = mapped_column(ForeignKey("submission.id"), index=True)
    closed_at: Mapped[datetime | None]
    closed_reason: Mapped[str | None]


_ONE = " + ".join(
    f"CASE WHEN {name}_id IS NULL THEN 0 ELSE 1 END"
    for name in ("exhibit", "interview", "incident", "allegation", "person")
)


class SubmissionItem(Record):
    """One item of a submission, with its number there; taken out, it stays on record.

    ``number`` counts without gaps over what is in, since a gap would tell the recipient that
    something was withheld; so the number of an item that was taken out may be another's now.
    """

    __tablename__ = "submission_item"
    __table_args__ = (
        CheckConstraint(f"{_ONE} = 1", name="one_item"),
        Index(
            "uq_submission_item_live",
            "submission_id",
            "number",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    number: Mapped[str]
    kind: Mapped[ItemKind] = mapped_column(words(ItemKind))
    exhibit_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    interview_id: Mapped[UUID | None] = mapped_column(ForeignKey("interview.id"), index=True)
    incident_id: Mapped[UUID | None] = mapped_column(ForeignKey("incident.id"), index=True)
    allegation_id: Mapped[UUID | None] = mapped_column(ForeignKey("allegation.id"), index=True)
    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]

    @property
    def subject(self) -> UUID:
        """Return the id of the record this item is."""
        found = (
            self.exhibit_id or self.interview_id or self.incident_id or self.allegation_id or self.person_id
        )
        if found is None:
            raise ValueError("an item without its record")
        return found


class Approval(Record):
    """A second person's yes to exactly one state of a submission, named by its digest.

    Any change of the submission, its items or the records in them makes another digest,
    so the approval no longer fits: nothing has to be remembered to void it.
    """

    __tablename__ = "approval"

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    digest: Mapped[str]
    approver_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    looked_at: Mapped[list[str]]
    note: Mapped[str | None]
    revoked_at: Mapped[datetime | None]
    revoked_reason: Mapped[str | None]


class BundleState(StrEnum):
    """How far a bundle has come; only what was released may have left."""

    SEALED = "sealed"
    WRITTEN = "written"
    RELEASED = "released"
    ABANDONED = "abandoned"


class Bundle(Record):
    """The sealed artefact of one submission version.

    ``plan`` is what the payload is a function of: items, numbers, fields shown, levels;
    no identity and no text that is not in the records. ``checkpoint`` is the signed
    state of the log that all its proofs are made against.
    """

    __tablename__ = "bundle"
    searched = Searched(codes=("name",), of=("submission_id",))
    __table_args__ = (
        Index(
            "uq_bundle_live",
            "submission_id",
            unique=True,
            sqlite_where=text("state IN ('sealed', 'written')"),
            postgresql_where=text("state IN ('sealed', 'written')"),
        ),
    )

    submission_id: Mapped[UUID] = mapped_column(ForeignKey("submission.id"), index=True)
    approval_id: Mapped[UUID] = mapped_column(ForeignKey("approval.id"))
    state: Mapped[BundleState] = mapped_column(words(BundleState))
    name: Mapped[str] = mapped_column(unique=True)
    plan: Mapped[dict[str, Any]]
    plan_digest: Mapped[str]
    submission_version: Mapped[int]
    sealed_at: Mapped[datetime]
    manifest_sha256: Mapped[str]
    checkpoint: Mapped[bytes | None]
    age_recipients: Mapped[list[str]]
    unencrypted_reason: Mapped[str | None]
    zip_sha256: Mapped[str | None]
    encrypted_sha256: Mapped[str | None]
    size_bytes: Mapped[int | None]
    written_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class Disclosure(Record):
    """One item, in one version, that one recipient was given; written at release, never changed.

    ``person_ids`` are the persons whose consent it rested on, with the consent events.
    """

    __tablename__ = "disclosure"

    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("bundle.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    subject: Mapped[UUID] = mapped_column(index=True)
    item_kind: Mapped[ItemKind] = mapped_column(words(ItemKind))
    number: Mapped[str]
    events: Mapped[int]
    use: Mapped[Use] = mapped_column(words(Use))
    identity_level: Mapped[IdentityLevel | None] = mapped_column(words(IdentityLevel))
    consents: Mapped[list[dict[str, Any]]]
    channel: Mapped[str]
    disclosed_at: Mapped[datetime]


class Receipt(Record):
    """The recipient's acknowledgement of a bundle."""

    __tablename__ = "receipt"
    searched = Searched(codes=("recipient_reference",), of=("bundle_id",))

    bundle_id: Mapped[UUID] = mapped_column(ForeignKey("bundle.id"), index=True)
    received: Mapped[Moment]
    received_by: Mapped[str]
    recipient_reference: Mapped[str | None]
    stated_sha256: Mapped[str | None]
    is_match: Mapped[bool | None]
    exhibit_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"))
    note: Mapped[str | None]
