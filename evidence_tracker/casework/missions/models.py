"""The nouns: missions, their teams, plans, equipment, diaries and debriefs."""

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, ForeignKey, Index, event
from sqlalchemy.orm import Mapped, Mapper, mapped_column

from evidence_tracker.access.models import Record, words
from evidence_tracker.access.searched import Searched
from evidence_tracker.errors import Refused
from evidence_tracker.values.moment import Moment
from evidence_tracker.values.place import Place


class MissionState(StrEnum):
    """How far a mission has come; each step has its conditions (``states.py``)."""

    PLANNED = "planned"
    APPROVED = "approved"
    UNDER_WAY = "under-way"
    CLOSED = "closed"
    DEBRIEFED = "debriefed"
    CALLED_OFF = "called-off"


class MissionRole(StrEnum):
    """What somebody does in a team."""

    TEAM_LEAD = "team-lead"
    INTERVIEWER = "interviewer"
    NOTE_TAKER = "note-taker"
    INTERPRETER = "interpreter"
    PHOTOGRAPHER = "photographer"
    WEAPONS_SPECIALIST = "weapons-specialist"
    CLINICIAN = "clinician"
    SECURITY = "security"
    LOGISTICS = "logistics"
    OBSERVER = "observer"


class CompetenceCategory(StrEnum):
    """What an interviewer must have been trained for (standards.md 2.4)."""

    CHILD = "child"
    CRSV = "crsv"
    TRAUMA = "trauma"
    CLINICIAN = "clinician"


class DeviceKind(StrEnum):
    """What a device is."""

    CAMERA = "camera"
    VIDEO_CAMERA = "video-camera"
    AUDIO_RECORDER = "audio-recorder"
    PHONE = "phone"
    TABLET = "tablet"
    LAPTOP = "laptop"
    DRONE = "drone"
    GPS_RECEIVER = "gps-receiver"
    STORAGE = "storage"
    OTHER = "other"


class DeconflictionOutcome(StrEnum):
    """What asking another body came to."""

    CLEAR = "clear"
    COORDINATE = "coordinate"
    WAIT = "wait"
    DO_NOT_GO = "do-not-go"
    NO_ANSWER = "no-answer"
    NOBODY_TO_ASK = "nobody-to-ask"


class Mission(Record):
    """A mandated collection effort; it has a compartment of its own with the same reference.

    ``area`` is the area in words, ``places`` its places as stated (``Place.to_json``).
    ``starts_at`` and ``ends_at`` are the earliest and the latest instant that the stated
    dates allow, for lists and overlaps.
    """

    __tablename__ = "mission"
    searched = Searched(title=("title",), texts=("mandate", "objectives", "area", "places"))

    reference: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    state: Mapped[MissionState] = mapped_column(words(MissionState), index=True)
    mandate: Mapped[str | None]
    objectives: Mapped[str | None]
    area: Mapped[str | None]
    places: Mapped[list[dict[str, Any]]]
    country: Mapped[str | None]
    starts_on: Mapped[Moment | None]
    starts_at: Mapped[datetime | None]
    ends_on: Mapped[Moment | None]
    ends_at: Mapped[datetime | None]
    approved_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    state_reason: Mapped[str | None]


class MissionMember(Record):
    """One account's part in a mission's team. It gives no access: grants do."""

    __tablename__ = "mission_member"

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"), index=True)
    role: Mapped[MissionRole] = mapped_column(words(MissionRole))
    languages: Mapped[list[str]]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class MissionPartner(Record):
    """A party that takes part in a mission, and how."""

    __tablename__ = "mission_partner"

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    party_id: Mapped[UUID] = mapped_column(ForeignKey("party.id"), index=True)
    part: Mapped[str]
    ended_at: Mapped[datetime | None]


class Competence(Record):
    """A training or licence of an account; it opens interview gates until it expires.

    It belongs to the person, not to a mission, and lives in the organisation compartment.
    ``expires_at`` is the earliest instant ``expires_on`` allows: in doubt it has expired.
    """

    __tablename__ = "competence"
    __table_args__ = (Index(None, "account_id", "category"),)

    account_id: Mapped[UUID] = mapped_column(ForeignKey("account.id"))
    category: Mapped[CompetenceCategory] = mapped_column(words(CompetenceCategory))
    basis: Mapped[str]
    awarded_on: Mapped[Moment]
    awarded_at: Mapped[datetime]
    expires_on: Mapped[Moment]
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class SecurityPlan(Record):
    """How a mission keeps its people and those it meets safe; a changed text needs a new sign-off.

    ``authors`` are the account ids of everybody who wrote since the last sign-off.
    """

    __tablename__ = "security_plan"

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), unique=True)
    text: Mapped[str]
    authors: Mapped[list[str]]
    signed_off_by: Mapped[UUID | None] = mapped_column(ForeignKey("account.id"))
    signed_off_at: Mapped[datetime | None]


class Device(Record):
    """A piece of equipment of a mission, and how wrong its clock is.

    ``clock_offset_seconds`` = the device's clock minus true time: a camera that shows
    14:02 at 14:00 has +120. None with a ``clock_basis``: it could not be measured, and why.
    """

    __tablename__ = "device"
    searched = Searched(title=("label",), codes=("serial",), of=("mission_id",))

    reference: Mapped[str] = mapped_column(unique=True)
    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    label: Mapped[str]
    kind: Mapped[DeviceKind] = mapped_column(words(DeviceKind))
    serial: Mapped[str | None]
    clock_offset_seconds: Mapped[int | None]
    clock_basis: Mapped[str | None]
    clock_checked_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    end_reason: Mapped[str | None]


class MissionLogEntry(Record):
    """One entry of the daily log; never changed. A correction is an entry that names the one it corrects."""

    __tablename__ = "mission_log_entry"
    searched = Searched(texts=("text", "place"), of=("mission_id",))

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    day: Mapped[Moment]
    day_at: Mapped[datetime]
    text: Mapped[str]
    place: Mapped[Place | None]
    is_security_incident: Mapped[bool]
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("mission_log_entry.id"))


@event.listens_for(MissionLogEntry, "before_update")
def _refuse_rewriting(
    _mapper: Mapper[MissionLogEntry], _connection: Connection, _row: MissionLogEntry
) -> None:
    raise Refused("An entry of the daily log is never changed.", advice="Write a new entry that corrects it.")


class MissionContact(Record):
    """Whom the team can turn to on the ground: an authority, a hospital, a local partner."""

    __tablename__ = "mission_contact"

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    name: Mapped[str]
    function: Mapped[str | None]
    how_to_reach: Mapped[str]
    languages: Mapped[list[str]]
    notes: Mapped[str | None]
    ended_at: Mapped[datetime | None]


class DeconflictionNote(Record):
    """Whether somebody else investigates there: whom we asked, what they said.

    ``party_id`` None only when there was nobody to ask.
    """

    __tablename__ = "deconfliction_note"
    searched = Searched(texts=("question", "answer"), of=("mission_id",))

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), index=True)
    party_id: Mapped[UUID | None] = mapped_column(ForeignKey("party.id"), index=True)
    instruction_id: Mapped[UUID | None] = mapped_column(ForeignKey("instruction.id"))
    asked_on: Mapped[Moment]
    asked_at: Mapped[datetime]
    channel: Mapped[str]
    question: Mapped[str]
    answer: Mapped[str | None]
    outcome: Mapped[DeconflictionOutcome] = mapped_column(words(DeconflictionOutcome))


class Debrief(Record):
    """What a mission taught and what it brought home, as its team states it."""

    __tablename__ = "debrief"
    searched = Searched(texts=("lessons", "outcome"), of=("mission_id",))

    mission_id: Mapped[UUID] = mapped_column(ForeignKey("mission.id"), unique=True)
    held_on: Mapped[Moment]
    lessons: Mapped[str]
    outcome: Mapped[str]
    interviews_held: Mapped[int | None]
    exhibits_taken: Mapped[int | None]
    care_offered: Mapped[str | None]
