"""Registering a person who needs protection, and correcting what was registered."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from evidence_tracker.access import stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.records import Governance, create
from evidence_tracker.casework.missions.models import Mission
from evidence_tracker.casework.persons.codes import new_code
from evidence_tracker.casework.persons.identities import Values, seal_identity
from evidence_tracker.casework.persons.models import (
    AgeBand,
    CivilStatus,
    Person,
    ProtectionLevel,
    RoleInEvents,
    Vulnerability,
)
from evidence_tracker.casework.persons.stating import words
from evidence_tracker.custody.events import Actor
from evidence_tracker.errors import InvalidInput

# Vulnerability in itself is sensitive: a person is RESTRICTED unless somebody decides otherwise.
PROTECTED = Governance(level=Level.RESTRICTED)

FLAGS = ("is_child", "is_crsv_survivor", "is_severely_traumatised")
FACTS: Mapping[str, stated.Reader] = {
    "protection_level": stated.word(ProtectionLevel),
    "roles": words(RoleInEvents),
    "civil_status": stated.word(CivilStatus),
    "age_band": stated.word(AgeBand),
    **dict.fromkeys(FLAGS, stated.yes_or_no),
    "vulnerabilities": words(Vulnerability),
    "languages": stated.languages,
}
_UNSTATED: Mapping[str, Any] = {
    "protection_level": ProtectionLevel.STANDARD,
    "roles": [],
    "civil_status": CivilStatus.UNKNOWN,
    "age_band": AgeBand.UNKNOWN,
    "is_crsv_survivor": False,
    "is_severely_traumatised": False,
    "vulnerabilities": [],
    "languages": [],
}


def governance_in(mission: Mission | None) -> Governance:
    """Return level, purpose and basis of a person who is met in a mission, or outside any."""
    if mission is None:
        return PROTECTED
    level = max(PROTECTED.level, mission.level, key=lambda one: one.rank)
    return Governance(level, mission.purpose, mission.legal_basis)


def add_person(
    session: Session,
    *,
    compartment_id: UUID,
    facts: Mapping[str, Any],
    actor: Actor,
    governance: Governance = PROTECTED,
    identity: Mapping[str, Values] | None = None,
) -> Person:
    """Register a person under a new random code; returns the person.

    ``facts`` are the names of ``FACTS``, as text or values; whether the person is a child
    must follow from ``age_band`` or be said. ``identity`` is sealed at once.
    """
    read = {**_UNSTATED, **stated.read(facts, FACTS)}
    read["is_child"] = _is_child(read["age_band"], said=read.get("is_child"))
    _check_level(governance.level, read)
    person = create(
        session,
        Person,
        compartment_id=compartment_id,
        governance=governance,
        actor=actor,
        code=new_code(session),
        **read,
    )
    if identity:
        seal_identity(session, person, identity, actor=actor)
    return person


def amend_person(
    session: Session,
    person: Person,
    changes: Mapping[str, Any],
    *,
    actor: Actor,
    expected_version: int | None = None,
) -> Person:
    """Correct what was registered; returns the person.

    Taking back a flag that closes gates (child, survivor, trauma) and lowering the level
    ask for the right to approve exceptions. The code and the compartment never change.
    """
    read = stated.read(changes, {**FACTS, **stated.GOVERNED})
    if "age_band" in read or "is_child" in read:
        band = read.get("age_band", person.age_band)
        read["is_child"] = _is_child(band, said=read.get("is_child", _said_before(person, read)))
    after = {name: read.get(name, getattr(person, name)) for name in FLAGS}
    _check_level(read.get("level", person.level), after)
    taken_back = [name for name in FLAGS if getattr(person, name) and not after[name]]
    return stated.amend_stated(
        session, person, read, actor=actor, expected_version=expected_version, supervised=taken_back
    )


def _said_before(person: Person, read: Mapping[str, Any]) -> bool | None:
    # A new age band says by itself who is a child; without one the earlier statement stands.
    return None if "age_band" in read and read["age_band"] is not AgeBand.UNKNOWN else person.is_child


def _is_child(band: AgeBand, *, said: bool | None) -> bool:
    known = band.is_child
    if known is None and said is None:
        raise InvalidInput(
            "It is not said whether the person is a child.",
            advice="State the age band, or whether the person is under 18; in doubt record a child.",
        )
    if known is not None and said is not None and known != said:
        raise InvalidInput(f"The age band {band.value} contradicts what is said of being a child.")
    return bool(said if known is None else known)


def _check_level(level: Level, facts: Mapping[str, Any]) -> None:
    if level.rank < Level.RESTRICTED.rank and (facts["is_child"] or facts["is_crsv_survivor"]):
        raise InvalidInput(
            "A child or a survivor of sexual violence is never below RESTRICTED.",
            advice="Record the person at RESTRICTED or SEALED.",
        )
