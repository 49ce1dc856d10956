"""Incidents and what hangs on them. No column here names a crime: law begins with an allegation."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, synonym

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.casework.actors.models import Confidence
from evidence_tracker.casework.incidents.citations import Citation, CitationKind
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


class IncidentKind(StrEnum):
    """What sort of thing is said to have happened, in plain words."""

    KILLING = "killing"
    TORTURE = "torture"
    DISAPPEARANCE = "disappearance"
    CONFINEMENT = "confinement"
    FILTRATION = "filtration"
    DEPORTATION = "deportation"
    CHILD_TRANSFER = "child-transfer"
    SEXUAL_VIOLENCE = "sexual-violence"
    ATTACK = "attack"
    DESTRUCTION = "destruction"
    PILLAGE = "pillage"
    OTHER = "other"


class TargetStatus(StrEnum):
    """What the object of an attack was at the time."""

    CIVILIAN = "civilian"
    MILITARY_OBJECTIVE = "military-objective"
    DUAL_USE = "dual-use"
    UNKNOWN = "unknown"


class Answer(StrEnum):
    """Yes, no, or asked and not known; a column without a value was not asked."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class CasualtyCategory(StrEnum):
    """What the harmed were at the time."""

    CIVILIAN = "civilian"
    COMBATANT = "combatant"
    HORS_DE_COMBAT = "hors-de-combat"
    UNKNOWN = "unknown"


class Sex(StrEnum):
    """The sex of the harmed, as recorded by the source."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"
    UNKNOWN = "unknown"


class CasualtyAge(StrEnum):
    """Bands cut at 15 and 18, where the law of armed conflict cuts them."""

    UNDER_15 = "under-15"
    FROM_15_TO_17 = "15-17"
    UNDER_18 = "under-18"
    ADULT = "adult"
    OLDER = "60-or-over"
    UNKNOWN = "unknown"


class Harm(StrEnum):
    """What became of the counted persons."""

    KILLED = "killed"
    INJURED = "injured"
    MISSING = "missing"
    DETAINED = "detained"


class IncidentRole(StrEnum):
    """What a protected person is to an incident."""

    VICTIM = "victim"
    WITNESS = "witness"
    RELATIVE = "relative"
    OTHER = "other"


class ActorRole(StrEnum):
    """What a unit, suspect or company is said to have done in an incident."""

    CARRIED_OUT = "carried-out"
    ORDERED = "ordered"
    PRESENT = "present"
    CONTROLLED_AREA = "controlled-area"
    SUPPLIED = "supplied"
    OTHER = "other"


class Stance(StrEnum):
    """What a piece of evidence does to the recorded facts; contradiction is kept like support."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    CONTEXT = "context"


class Incident(Record):
    """What is said to have happened.

    ``basis`` says how it is known; ``narrative`` holds facts, no law. The columns from
    ``target_object`` on are the facts that the elements of attack crimes ask for
    (anticipated advantage as far as open sources show it); None means not asked.
    """

    __tablename__ = "incident"
    searched = Searched(
        title=("title",),
        texts=(
            "place",
            "narrative",
            "target_object",
            "military_presence",
            "weapon_system",
            "damage",
            "reverberating_effects",
            "advantage_notes",
        ),
    )

    __table_args__ = (Index(None, "recorded_at", "id", "compartment_id", "level"),)

    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    kind: Mapped[IncidentKind] = mapped_column(words(IncidentKind))
    mission_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission.id"), index=True)
    occurred: Mapped[Moment]
    earliest_at: Mapped[datetime] = mapped_column(index=True)
    latest_at: Mapped[datetime]
    place: Mapped[Place | None]
    narrative: Mapped[str]
    basis: Mapped[str]
    target_object: Mapped[str | None]
    target_status: Mapped[TargetStatus | None] = mapped_column(words(TargetStatus))
    military_presence: Mapped[str | None]
    warning_given: Mapped[Answer | None] = mapped_column(words(Answer))
    weapon_system: Mapped[str | None]
    launch_direction: Mapped[str | None]
    damage: Mapped[str | None]
    reverberating_effects: Mapped[str | None]
    undefended_status: Mapped[Answer | None] = mapped_column(words(Answer))
    advantage_notes: Mapped[str | None]

    # records.create() keeps the word "occurred" for the custody event, which is the recording.
    happened: Mapped[Moment] = synonym("occurred")


class Casualty(Record):
    """A count of the harmed as one source gives it.

    ``count_max`` None: the source gives no upper bound. Rows of different sources may
    speak of the same persons, so rows are never added up.
    """

    __tablename__ = "casualty"
    __table_args__ = (
        CheckConstraint(
            "count_min >= 0 AND (count_max IS NULL OR count_max >= count_min)", name="counts_in_order"
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    category: Mapped[CasualtyCategory] = mapped_column(words(CasualtyCategory))
    sex: Mapped[Sex] = mapped_column(words(Sex))
    age_band: Mapped[CasualtyAge] = mapped_column(words(CasualtyAge))
    harm: Mapped[Harm] = mapped_column(words(Harm))
    count_min: Mapped[int]
    count_max: Mapped[int | None]
    basis: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class IncidentPerson(Record):
    """A protected person's part in an incident; at least RESTRICTED, whatever the incident is."""

    __tablename__ = "incident_person"
    __table_args__ = (
        Index(
            "uq_incident_person_live",
            "incident_id",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[IncidentRole] = mapped_column(words(IncidentRole))
    note: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class IncidentActor(Record):
    """A unit, suspect or company said to have had a part; an assertion with its author, not a finding."""

    __tablename__ = "incident_actor"
    searched = Searched(texts=("basis",), of=("incident_id",), along=("unit_id", "suspect_id", "company_id"))
    __table_args__ = (
        CheckConstraint(
            "CASE WHEN unit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN suspect_id IS NULL THEN 0 ELSE 1 END"
            " + CASE WHEN company_id IS NULL THEN 0 ELSE 1 END = 1",
            name="one_actor",
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    unit_id: Mapped[UUID | None] = mapped_column(ForeignKey("unit.id"), index=True)
    suspect_id: Mapped[UUID | None] = mapped_column(ForeignKey("suspect.id"), index=True)
    company_id: Mapped[UUID | None] = mapped_column(ForeignKey("company.id"), index=True)
    role: Mapped[ActorRole] = mapped_column(words(ActorRole))
    confidence: Mapped[Confidence] = mapped_column(words(Confidence))
    basis: Mapped[str]
    asserted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


ONE_EVIDENCE = (
    "CASE WHEN exhibit_id IS NULL THEN 0 ELSE 1 END + CASE WHEN interview_id IS NULL THEN 0 ELSE 1 END"
    " + CASE WHEN capture_id IS NULL THEN 0 ELSE 1 END = 1"
)


class CitesEvidence:
    """The columns of a record that cites exactly one exhibit, interview or capture.

    ``evidence_version`` is the saved version of the cited record at the time, so that a
    reader sees when it was changed since. ``citation_kind`` and ``anchor`` say which passage.
    """

    exhibit_id: Mapped[UUID | None] = mapped_column(ForeignKey("exhibit.id"), index=True)
    interview_id: Mapped[UUID | None] = mapped_column(ForeignKey("interview.id"), index=True)
    capture_id: Mapped[UUID | None] = mapped_column(ForeignKey("capture.id"), index=True)
    evidence_version: Mapped[int]
    citation_kind: Mapped[CitationKind] = mapped_column(words(CitationKind))
    anchor: Mapped[str]

    @property
    def citation(self) -> Citation:
        """Return the cited passage as a value."""
        return Citation(self.citation_kind, self.anchor)


class EvidenceLink(CitesEvidence, Record):
    """What one piece of evidence shows of an incident, for or against the recorded facts."""

    __tablename__ = "evidence_link"
    searched = Searched(
        texts=("shows",), of=("incident_id",), along=("exhibit_id", "interview_id", "capture_id")
    )
    __table_args__ = (CheckConstraint(ONE_EVIDENCE, name="one_evidence"),)

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    shows: Mapped[str]
    stance: Mapped[Stance] = mapped_column(words(Stance))
    asserted_by: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]


class IncidentRemnant(Record):
    """A munition's remains found at the site of an incident and attributed to it."""

    __tablename__ = "incident_remnant"
    searched = Searched(texts=("attribution",), of=("incident_id",), along=("remnant_id",))
    __table_args__ = (
        Index(
            "uq_incident_remnant_live",
            "incident_id",
            "remnant_id",
            unique=True,
            sqlite_where=text("ended_at IS NULL"),
            postgresql_where=text("ended_at IS NULL"),
        ),
    )

    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incident.id"), index=True)
    remnant_id: Mapped[UUID] = mapped_column(ForeignKey("remnant.id"), index=True)
    attribution: Mapped[str]
    ended_at: Mapped[datetime | None]
    ended_reason: Mapped[str | None]
