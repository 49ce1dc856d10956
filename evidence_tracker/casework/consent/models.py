"""Consent as a line of events: nouns only. The state of today is a fold of them (``gates``).

One act of consent is a group of events, one for each cell (recipient by use) it speaks of.
An event is never changed and never deleted: triggers refuse both. What a person says later
is a later event. docs/explanation/data-model/consent.md describes the columns.
"""

from datetime import date, datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.casework.parties.models import RecipientClass
from evidence_tracker.values.moment import Moment


class ConsentKind(StrEnum):
    """What a person did."""

    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    LIMITED = "limited"
    RENEWED = "renewed"

    @property
    def is_permission(self) -> bool:
        """Return whether it allows something: given and renewed do; a limit only narrows."""
        return self in {ConsentKind.GIVEN, ConsentKind.RENEWED}

    @property
    def is_denial(self) -> bool:
        """Return whether it forbids: refused and withdrawn do."""
        return self in {ConsentKind.REFUSED, ConsentKind.WITHDRAWN}


class Use(StrEnum):
    """For what (standards.md 2.3)."""

    STORAGE = "storage"
    ANALYSIS = "analysis"
    CORROBORATION = "corroboration"
    INVESTIGATION = "investigation"
    COURT = "court"
    DISCLOSURE_TO_DEFENCE = "disclosure-to-defence"
    PUBLIC_REPORT = "public-report"
    ADVOCACY = "advocacy"
    SANCTIONS = "sanctions"
    STATISTICS = "statistics"
    RESEARCH = "research"
    TRAINING = "training"
    REFERRAL = "referral"
    RE_CONTACT = "re-contact"


class IdentityLevel(StrEnum):
    """How a person may be named to a recipient, from the most to the least.

    ``code``: under a code, the key on request; ``anonymous``: only as part of an aggregate.
    """

    FULL = "full"
    CODE = "code"
    PSEUDONYM = "pseudonym"
    ANONYMOUS = "anonymous"
    NONE = "none"

    @property
    def rank(self) -> int:
        """Return 4 for full … 0 for none: more identity, higher rank."""
        return len(IdentityLevel) - 1 - list(IdentityLevel).index(self)


class Scope(StrEnum):
    """Whether an event speaks of everything a person gave, or of the items it lists."""

    ALL = "all"
    ITEMS = "items"


class ConsentForm(StrEnum):
    """How it was expressed."""

    WRITTEN = "written"
    AUDIO = "audio"
    VIDEO = "video"
    ORAL_WITH_WITNESS = "oral-with-witness"
    THUMBPRINT = "thumbprint"


class ConsentEvent(Record):
    """One thing said about one cell of the matrix recipient by use, at one identity level.

    ``recipient_class`` None: every recipient; ``use`` None: every use; both only in a
    refusal or withdrawal. ``party_id`` narrows the event to one named recipient, whose
    class at the time is kept beside it. ``number`` counts a person's events from 1 in the
    order of the log, which is what later and earlier mean here.
    """

    __tablename__ = "consent_event"
    __table_args__ = (
        UniqueConstraint("person_id", "number"),
        CheckConstraint(
            "kind IN ('refused', 'withdrawn') OR (recipient_class IS NOT NULL AND use IS NOT NULL"
            " AND identity_level IS NOT NULL)",
            name="cell_named",
        ),
        CheckConstraint("party_id IS NULL OR recipient_class IS NOT NULL", name="party_of_class"),
        CheckConstraint("guardian_id IS NULL OR guardian_id <> person_id", name="guardian_is_other"),
        CheckConstraint("(package IS NULL) = (package_version IS NULL)", name="package_whole"),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    group_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[ConsentKind] = mapped_column(words(ConsentKind))
    recipient_class: Mapped[RecipientClass | None] = mapped_column(words(RecipientClass))
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    use: Mapped[Use | None] = mapped_column(words(Use))
    identity_level: Mapped[IdentityLevel | None] = mapped_column(words(IdentityLevel))
    scope: Mapped[Scope] = mapped_column(words(Scope))
    items: Mapped[list[str]]
    conditions: Mapped[str | None]
    expires_on: Mapped[date | None]
    form: Mapped[ConsentForm] = mapped_column(words(ConsentForm))
    language: Mapped[str]
    interpreter: Mapped[str | None]
    witness: Mapped[str | None]
    text_version: Mapped[str | None]
    obtained_by: Mapped[str]
    obtained: Mapped[Moment]
    obtained_earliest_at: Mapped[datetime]
    obtained_latest_at: Mapped[datetime]
    capacity_ok: Mapped[bool | None]
    guardian_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)
    is_guardian_conflict_checked: Mapped[bool]
    child_assent: Mapped[bool | None]
    best_interest: Mapped[str | None]
    evidence_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    package: Mapped[str | None]
    package_version: Mapped[int | None]
    reason: Mapped[str | None]


class Said(Protocol):
    """What a gate reads of one event: a ``ConsentEvent``, or a row of these columns alone."""

    @property
    def id(self) -> UUID:
        """Return the id of the event."""

    @property
    def person_id(self) -> UUID:
        """Return whose event it is."""

    @property
    def number(self) -> int:
        """Return its place among the person's events."""

    @property
    def kind(self) -> ConsentKind:
        """Return what the person did."""

    @property
    def recipient_class(self) -> RecipientClass | None:
        """Return the class of recipients; None: every recipient."""

    @property
    def party_id(self) -> UUID | None:
        """Return the one party that is named."""

    @property
    def use(self) -> Use | None:
        """Return the use; None: every use."""

    @property
    def identity_level(self) -> IdentityLevel | None:
        """Return the most that may be told; None in a denial."""

    @property
    def scope(self) -> Scope:
        """Return whether it speaks of listed items alone."""

    @property
    def items(self) -> list[str]:
        """Return the ids of those items."""

    @property
    def conditions(self) -> str | None:
        """Return what the person asks for."""

    @property
    def expires_on(self) -> date | None:
        """Return the last day of a permission."""

    @property
    def recorded_at(self) -> datetime:
        """Return when it was entered."""

    @property
    def obtained_earliest_at(self) -> datetime:
        """Return the earliest instant at which it was said."""

    @property
    def obtained_latest_at(self) -> datetime:
        """Return the latest instant at which it was said."""
