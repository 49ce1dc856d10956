"""The nouns: units and organisations, suspects and their positions, companies.

Everything here is what somebody says of an actor: each row carries its source, and
nothing is a finding of responsibility.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place

ONE_BEARER = (
    "(CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN suspect_id IS NULL THEN 0 ELSE 1 END)"
    " + (CASE WHEN company_id IS NULL THEN 0 ELSE 1 END) = 1"
)


class UnitKind(StrEnum):
    """What a unit or organisation is."""

    ARMED_FORCES = "armed-forces"
    INTERNAL_TROOPS = "internal-troops"
    INTELLIGENCE_SERVICE = "intelligence-service"
    BORDER_GUARD = "border-guard"
    POLICE = "police"
    PRISON_SERVICE = "prison-service"
    ARMED_GROUP = "armed-group"
    PRIVATE_MILITARY = "private-military"
    CIVIL_ADMINISTRATION = "civil-administration"
    OCCUPATION_ADMINISTRATION = "occupation-administration"
    COURT_OR_PROSECUTION = "court-or-prosecution"
    ORGANISATION = "organisation"


class Echelon(StrEnum):
    """The level of a unit, from the smallest."""

    SQUAD = "squad"
    PLATOON = "platoon"
    COMPANY = "company"
    BATTALION = "battalion"
    REGIMENT = "regiment"
    BRIGADE = "brigade"
    DIVISION = "division"
    CORPS = "corps"
    ARMY = "army"
    DISTRICT = "district"
    GENERAL_STAFF = "general-staff"
    DEPARTMENT = "department"
    MINISTRY = "ministry"


class ParentRelation(StrEnum):
    """In what sense one unit stands under another."""

    COMMAND = "command"
    OPERATIONAL_CONTROL = "operational-control"
    ATTACHED = "attached"
    ADMINISTRATIVE = "administrative"


class Confidence(StrEnum):
    """How well a statement about an actor is supported (standards.md 3.1)."""

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    POSSIBLE = "possible"
    UNVERIFIED = "unverified"


class SuspectCapacity(StrEnum):
    """As what a named person is recorded."""

    SUSPECT = "suspect"
    COMMANDER = "commander"
    OFFICIAL = "official"


class OffenceBasis(StrEnum):
    """What allows us to hold data on alleged offences of a named person (GDPR 10).

    The provision itself is named in ``legal_basis``.
    """

    OFFICIAL_AUTHORITY = "under-official-authority"
    UNION_LAW = "authorised-by-union-law"
    NATIONAL_LAW = "authorised-by-national-law"
    OUTSIDE_GDPR = "gdpr-does-not-apply"


class NameKind(StrEnum):
    """In what sense an actor bears a further name."""

    OFFICIAL = "official"
    FORMER = "former"
    TRANSLITERATION = "transliteration"
    TRANSLATION = "translation"
    ALIAS = "alias"
    CALL_SIGN = "call-sign"
    ABBREVIATION = "abbreviation"


class IdentifierKind(StrEnum):
    """What sort of number or handle identifies an actor."""

    MILITARY_UNIT_NUMBER = "military-unit-number"
    REGISTRATION_NUMBER = "registration-number"
    TAX_NUMBER = "tax-number"
    LEI = "lei"
    PERSONAL_NUMBER = "personal-number"
    PASSPORT = "passport"
    SERVICE_NUMBER = "service-number"
    SANCTIONS_LIST = "sanctions-list"
    ONLINE_ACCOUNT = "online-account"
    OTHER = "other"


class Unit(Record):
    """A unit, service, administration or other organisation that is said to have acted.

    ``name`` in the original script and ``name_language`` as BCP 47; further names are
    ``ActorName`` rows. ``folded`` is both names as searches compare them (``names.fold``).
    """

    __tablename__ = "unit"
    searched = Searched(title=("name", "name_latin"), texts=("description", "base"))

    reference: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[UnitKind] = mapped_column(words(UnitKind))
    echelon: Mapped[Echelon | None] = mapped_column(words(Echelon))
    name: Mapped[str]
    name_language: Mapped[str | None]
    name_latin: Mapped[str]
    folded: Mapped[str]
    country: Mapped[str | None]
    base: Mapped[Place | None]
    description: Mapped[str | None]
    source: Mapped[str]


class UnitParent(Record):
    """One link of a chain of command: ``unit`` stood under ``parent`` for a span.

    ``since_at``/``until_at`` are the earliest and latest instants the statements allow
    (None: not stated). ``ended_at``: the link itself was withdrawn as wrong.
    """

    __tablename__ = "unit_parent"

    unit_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    parent_id: Mapped[UUID] = mapped_column(ForeignKey("unit.id"), index=True)
    relation: Mapped[ParentRelation] = mapped_column(words(ParentRelation))
    since: Mapped[Moment | None]
    since_at: Mapped[datetime | None]
    until: Mapped[Moment | None]
    until_at: Mapped[datetime | None]
    basis: Mapped[str]
    confidence: Mapped[Confidence] = mapped_column(words(Confidence))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class Suspect(Record):
    """A named person who is said to have acted or commanded; never a protected person.

    ``legal_basis`` (the provision) and ``offence_basis`` (its kind) are required: data on
    alleged offences may not be held without (GDPR 10).
    """

    __tablename__ = "suspect"
    searched = Searched(title=("name", "name_latin"), texts=("description",))

    reference: Mapped[str] = mapped_column(unique=True)
    capacity: Mapped[SuspectCapacity] = mapped_column(words(SuspectCapacity))
    name: Mapped[str]
    name_language: Mapped[str | None]
    name_latin: Mapped[str]
    folded: Mapped[str]
    nationalities: Mapped[list[str]]
    gender: Mapped[str | None]
    born_on: Mapped[Moment | None]
    birthplace: Mapped[Place | None]
    address: Mapped[str | None]
    description: Mapped[str | None]
    offence_basis: Mapped[OffenceBasis] = mapped_column(words(OffenceBasis))
    source: Mapped[str]


class Company(Record):
    """A company that made, sold or shipped a part, or owns one that did.

    ``headquarters_country`` is where it is run from, which says nothing of where a part was made.
    """

    __tablename__ = "company"
    searched = Searched(
        title=("name", "name_latin"), texts=("ownership", "description"), codes=("registration_number",)
    )

    reference: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_language: Mapped[str | None]
    name_latin: Mapped[str]
    folded: Mapped[str]
    registration_number: Mapped[str | None]
    registration_country: Mapped[str | None]
    headquarters_country: Mapped[str | None]
    address: Mapped[str | None]
    ownership: Mapped[str | None]
    description: Mapped[str | None]
    source: Mapped[str]


class Position(Record):
    """A post a named person is said to have held in a unit or a company, for a span."""

    __tablename__ = "position"
    searched = Searched(title=("title",), of=("suspect_id",), along=("unit_id", "company_id"))
    __table_args__ = (CheckConstraint("(unit_id IS NULL) <> (company_id IS NULL)", name="one_place"),)

    suspect_id: Mapped[UUID] = mapped_column(ForeignKey("suspect.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    title: Mapped[str]
    rank: Mapped[str | None]
    since: Mapped[Moment | None]
    since_at: Mapped[datetime | None]
    until: Mapped[Moment | None]
    until_at: Mapped[datetime | None]
    source: Mapped[str]
    confidence: Mapped[Confidence] = mapped_column(words(Confidence))
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class ActorName(Record):
    """A further name of one unit, suspect or company, in whatever script it is written.

    ``folded`` is what searches compare: compatibility-normalised, case-folded, one space.
    """

    __tablename__ = "actor_name"
    searched = Searched(title=("text",), of=("unit_id", "suspect_id", "company_id"))
    __table_args__ = (
        CheckConstraint(ONE_BEARER, name="one_bearer"),
        Index(None, "folded"),
    )

    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    suspect_id: Mapped[UUID | None] = mapped_column(ForeignKey("suspect.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[NameKind] = mapped_column(words(NameKind))
    text: Mapped[str]
    language: Mapped[str | None]
    folded: Mapped[str]
    source: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class ActorIdentifier(Record):
    """A number or handle that identifies one unit, suspect or company, and who issued it."""

    __tablename__ = "actor_identifier"
    __table_args__ = (
        CheckConstraint(ONE_BEARER, name="one_bearer"),
        Index(None, "kind", "value"),
    )

    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    suspect_id: Mapped[UUID | None] = mapped_column(ForeignKey("suspect.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    kind: Mapped[IdentifierKind] = mapped_column(words(IdentifierKind))
    value: Mapped[str]
    issuer: Mapped[str | None]
    source: Mapped[str | None]
    ended_at: Mapped[datetime | None]
