"""People who need protection: nouns only; the acts are in the modules beside this one.

A ``Person`` says nothing that names anybody. What does lies in ``IdentityField``, sealed
to the public half of the identity root, so that whoever works here can write it and only
a custodian can have it read. docs/explanation/data-model/persons.md describes the columns.
"""

from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.values.moment import Moment


class ProtectionLevel(StrEnum):
    """How much care every step with this person needs."""

    NONE = "none"
    STANDARD = "standard"
    HEIGHTENED = "heightened"
    CRITICAL = "critical"


class RoleInEvents(StrEnum):
    """What a person is to the events; a person may be several things."""

    VICTIM = "victim"
    WITNESS = "witness"
    SURVIVOR = "survivor"
    RELATIVE = "relative"
    INSIDER = "insider"
    EXPERT = "expert"
    DEFENDER = "human-rights-defender"
    SUSPECT_CONTACT = "suspect-contact"
    GUARDIAN = "guardian"


class CivilStatus(StrEnum):
    """What a person was at the time of the events."""

    CIVILIAN = "civilian"
    COMBATANT = "combatant"
    PRISONER_OF_WAR = "prisoner-of-war"
    HORS_DE_COMBAT = "hors-de-combat"
    MEDICAL = "medical-personnel"
    DETAINEE = "detainee"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Age in years when the person was registered; a date of birth is identity."""

    UNDER_6 = "0-5"
    UNDER_12 = "6-11"
    UNDER_16 = "12-15"
    UNDER_18 = "16-17"
    UNDER_25 = "18-24"
    UNDER_40 = "25-39"
    UNDER_60 = "40-59"
    OLDER = "60+"
    UNKNOWN = "unknown"

    @property
    def is_child(self) -> bool | None:
        """Return whether everybody in the band is under 18; None where the age is unknown."""
        if self is AgeBand.UNKNOWN:
            return None
        return self in {AgeBand.UNDER_6, AgeBand.UNDER_12, AgeBand.UNDER_16, AgeBand.UNDER_18}


class Vulnerability(StrEnum):
    """What makes a person easier to harm, beside being a child, a survivor of CRSV, or traumatised."""

    TORTURE_SURVIVOR = "torture-survivor"
    DETAINED = "detained"
    DISPLACED = "displaced"
    BEREAVED = "bereaved"
    DISABILITY = "disability"
    ILLNESS = "illness"
    PREGNANCY = "pregnancy"
    MINORITY = "minority"
    DEPENDENT = "dependent-on-others"


class Person(Record):
    """Somebody who needs protection, under a code that means nothing (``PN-7KQ2MX``).

    The flags for a child, a survivor of conflict-related sexual violence and severe trauma
    are columns of their own because gates of the rooms above ask for them.
    """

    __tablename__ = "person"
    searched = Searched(reference="code")

    __table_args__ = (Index(None, "recorded_at", "id", "compartment_id", "level"),)

    code: Mapped[str] = mapped_column(unique=True)
    protection_level: Mapped[ProtectionLevel] = mapped_column(words(ProtectionLevel))
    roles: Mapped[list[str]]
    civil_status: Mapped[CivilStatus] = mapped_column(words(CivilStatus))
    age_band: Mapped[AgeBand] = mapped_column(words(AgeBand))
    is_child: Mapped[bool]
    is_crsv_survivor: Mapped[bool]
    is_severely_traumatised: Mapped[bool]
    vulnerabilities: Mapped[list[str]]
    languages: Mapped[list[str]]


class IdentityName(StrEnum):
    """Which part of an identity a sealed value is."""

    LEGAL_NAME = "legal_name"
    LATIN_NAME = "latin_name"
    ALIAS = "alias"
    DATE_OF_BIRTH = "date_of_birth"
    PHONE = "phone"
    ADDRESS = "address"
    SAFE_CONTACT = "safe_contact"
    ID_SEEN = "id_seen"
    RELATIVES = "relatives"
    NATIONALITY = "nationality"
    OCCUPATION = "occupation"
    OTHER = "other"


class IdentityField(Record):
    """One sealed value. A newer value supersedes it; it is kept, because an old name still names.

    ``number`` counts a person's fields from 1. Person, name and number are bound into the
    sealing, so that a value moved to another row does not open.
    """

    __tablename__ = "identity_field"
    __table_args__ = (UniqueConstraint("person_id", "number"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    number: Mapped[int]
    name: Mapped[IdentityName] = mapped_column(words(IdentityName))
    sealed: Mapped[bytes]
    superseded_at: Mapped[datetime | None]


class ThreatLevel(StrEnum):
    """How likely and how grave harm to the person is, as assessed."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"
    CRITICAL = "critical"


class ThreatAssessment(Record):
    """What threatens a person, from whom, what is done about it and when it is looked at again."""

    __tablename__ = "threat_assessment"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    threat_level: Mapped[ThreatLevel] = mapped_column(words(ThreatLevel))
    threats: Mapped[str]
    threat_actors: Mapped[str | None]
    measures: Mapped[str | None]
    wishes_anonymity: Mapped[bool | None]
    contact_interval_days: Mapped[int | None]
    assessed_on: Mapped[date]
    review_on: Mapped[date] = mapped_column(index=True)


class ProtectionIncidentKind(StrEnum):
    """What happened to a person who needs protection."""

    THREAT = "threat"
    SURVEILLANCE = "surveillance"
    SUMMONS = "summons"
    SEARCH = "search"
    DETENTION = "detention"
    ASSAULT = "assault"
    EXPOSURE = "exposure"
    SMEAR = "smear"
    OTHER = "other"


class ProtectionIncident(Record):
    """Something that happened to a person because of, or during, the work; and the answer to it."""

    __tablename__ = "protection_incident"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    kind: Mapped[ProtectionIncidentKind] = mapped_column(words(ProtectionIncidentKind))
    happened: Mapped[Moment]
    earliest_at: Mapped[datetime]
    latest_at: Mapped[datetime]
    description: Mapped[str]
    response: Mapped[str | None]
    reported_to: Mapped[str | None]


class Need(StrEnum):
    """What a person is referred for."""

    MEDICAL = "medical"
    PSYCHOLOGICAL = "psychological"
    LEGAL = "legal"
    PROTECTION = "protection"
    MATERIAL = "material"


class ReferralOutcome(StrEnum):
    """What became of an offer."""

    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Referral(Record):
    """Help offered to a person; sharing anything with the provider needs consent of its own."""

    __tablename__ = "referral"
    __table_args__ = (
        CheckConstraint(
            "outcome = 'accepted' OR consent_to_share IS NOT TRUE", name="sharing_follows_acceptance"
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    need: Mapped[Need] = mapped_column(words(Need))
    provider_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    offered: Mapped[Moment]
    offered_earliest_at: Mapped[datetime]
    outcome: Mapped[ReferralOutcome] = mapped_column(words(ReferralOutcome))
    consent_to_share: Mapped[bool | None]
    follow_up_on: Mapped[date | None]
    note: Mapped[str | None]


class ActorRelation(StrEnum):
    """What ties a protected person to a named suspect."""

    SAME_INDIVIDUAL = "same-individual"
    RELATIVE = "relative"
    SUBORDINATE = "subordinate"
    COLLEAGUE = "colleague"
    ACQUAINTED = "acquainted"
    HELD_BY = "held-by"


class PersonActorLink(Record):
    """Joins a protected person to a named suspect; never below RESTRICTED, since it can unmask both."""

    __tablename__ = "person_actor_link"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    suspect_id: Mapped[UUID] = mapped_column(ForeignKey("suspect.id"), index=True)
    relation: Mapped[ActorRelation] = mapped_column(words(ActorRelation))
    basis: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
