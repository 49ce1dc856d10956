"""Acts that join an incident to persons, actors, evidence and remains.

Nothing here is edited: a link that does not hold is ended with a reason, stays on record,
and a new one says what is right.
"""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evidence_tracker.access import records, stated
from evidence_tracker.access.levels import Level
from evidence_tracker.access.policy import Permission, now, require
from evidence_tracker.access.records import Governance
from evidence_tracker.casework.actors.models import Company, Confidence, Suspect, Unit
from evidence_tracker.casework.exhibits.models import Remnant
from evidence_tracker.casework.incidents.citations import Citation, CitationKind
from evidence_tracker.casework.incidents.evidence import Evidence, asserter, citing, governance_of
from evidence_tracker.casework.incidents.models import (
    ActorRole,
    Casualty,
    EvidenceLink,
    Incident,
    IncidentActor,
    IncidentPerson,
    IncidentRemnant,
    IncidentRole,
    Stance,
)
from evidence_tracker.casework.persons.models import Person
from evidence_tracker.custody.events import Actor, CustodyVerb
from evidence_tracker.errors import Conflict, InvalidInput

Ended = TypeVar("Ended", Casualty, IncidentPerson, IncidentActor, EvidenceLink, IncidentRemnant)
_LIVE: dict[str, Any] = {"ended_at": None, "ended_reason": None}


def link_person(
    session: Session,
    incident: Incident,
    person: Person,
    *,
    role: IncidentRole | str,
    actor: Actor,
    note: str | None = None,
) -> IncidentPerson:
    """Say what a protected person is to an incident; the link is RESTRICTED or higher."""
    read = stated.word(IncidentRole)(role, "role")
    level = _highest(incident.level, person.level, Level.RESTRICTED)
    require(session, actor, Permission.READ, person.compartment_id, level=person.level)
    require(session, actor, Permission.RECORD, incident.compartment_id, level=level)
    already = select(IncidentPerson.id).where(
        IncidentPerson.incident_id == incident.id,
        IncidentPerson.person_id == person.id,
        IncidentPerson.role == read,
        IncidentPerson.ended_at.is_(None),
    )
    if session.scalar(already) is not None:
        raise InvalidInput(f"{person.code} is linked to {incident.reference} as {read} already.")
    return records.create(
        session,
        IncidentPerson,
        compartment_id=incident.compartment_id,
        governance=Governance(level, incident.purpose, incident.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        incident_id=incident.id,
        person_id=person.id,
        role=read,
        note=stated.optional_text(note, "note"),
        **_LIVE,
    )


def link_actor(
    session: Session,
    incident: Incident,
    bearer: Unit | Suspect | Company,
    *,
    role: ActorRole | str,
    confidence: Confidence | str,
    basis: str,
    actor: Actor,
    asserted_by: str | None = None,
) -> IncidentActor:
    """Record that a unit, suspect or company is said to have had a part, by whom and on what basis."""
    level = _highest(incident.level, bearer.level)
    require(session, actor, Permission.READ, bearer.compartment_id, level=bearer.level)
    return records.create(
        session,
        IncidentActor,
        compartment_id=incident.compartment_id,
        governance=Governance(level, incident.purpose, incident.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        incident_id=incident.id,
        unit_id=bearer.id if isinstance(bearer, Unit) else None,
        suspect_id=bearer.id if isinstance(bearer, Suspect) else None,
        company_id=bearer.id if isinstance(bearer, Company) else None,
        role=stated.word(ActorRole)(role, "role"),
        confidence=stated.word(Confidence)(confidence, "confidence"),
        basis=stated.text(basis, "basis"),
        asserted_by=asserter(asserted_by, actor),
        **_LIVE,
    )


def link_evidence(
    session: Session,
    incident: Incident,
    evidence: Evidence,
    *,
    shows: str,
    stance: Stance | str,
    actor: Actor,
    citation: Citation | str = "",
    asserted_by: str | None = None,
) -> EvidenceLink:
    """Record what a passage of one piece of evidence shows, for or against the recorded facts."""
    require(session, actor, Permission.READ, evidence.compartment_id, level=evidence.level)
    passage = citation if isinstance(citation, Citation) else Citation.parse(citation)
    return records.create(
        session,
        EvidenceLink,
        compartment_id=incident.compartment_id,
        governance=governance_of(incident, evidence),
        actor=actor,
        verb=CustodyVerb.LINKED,
        incident_id=incident.id,
        **citing(evidence),
        citation_kind=passage.kind,
        anchor=passage.anchor,
        shows=stated.text(shows, "account of what it shows"),
        stance=stated.word(Stance)(stance, "stance"),
        asserted_by=asserter(asserted_by, actor),
        **_LIVE,
    )


def link_many(
    session: Session,
    incident: Incident,
    evidence: Sequence[Evidence],
    *,
    shows: str,
    stance: Stance | str,
    actor: Actor,
    asserted_by: str | None = None,
    expected_versions: Mapping[UUID, int] | None = None,
) -> Sequence[EvidenceLink]:
    """Record that many pieces of evidence, each as a whole, show the same of an incident; returns the links.

    Each was read in a version, and is cited in it: a newer one raises ``Conflict`` and stops all. What
    is cited as a whole for the same stance already stays as it is; where all are, it is refused.
    """
    read = stated.word(Stance)(stance, "stance")
    versions = expected_versions or {}
    for one in evidence:
        if versions.get(one.id, one.version) != one.version:
            raise Conflict(f"{one.reference} was saved by somebody else meanwhile.", advice="Read it again.")
    known = _cited_whole(session, incident, read)
    new = [one for one in evidence if one.id not in known]
    if not new:
        raise InvalidInput(
            f"All of them are cited for {incident.reference} already; nothing was changed.",
            advice="Cite another passage at the incident.",
        )
    return [
        link_evidence(session, incident, one, shows=shows, stance=read, actor=actor, asserted_by=asserted_by)
        for one in new
    ]


def _cited_whole(session: Session, incident: Incident, stance: Stance) -> set[UUID]:
    """Return the ids of the evidence that an incident cites as a whole, for a stance."""
    cited = func.coalesce(EvidenceLink.exhibit_id, EvidenceLink.interview_id, EvidenceLink.capture_id)
    query = select(cited).where(
        EvidenceLink.incident_id == incident.id,
        EvidenceLink.stance == stance,
        EvidenceLink.citation_kind == CitationKind.WHOLE,
        EvidenceLink.ended_at.is_(None),
    )
    return set(session.scalars(query))


def link_remnant(
    session: Session, incident: Incident, remnant: Remnant, *, attribution: str, actor: Actor
) -> IncidentRemnant:
    """Attribute remains found at the site to the incident, and say why."""
    require(session, actor, Permission.READ, remnant.compartment_id, level=remnant.level)
    already = select(IncidentRemnant.id).where(
        IncidentRemnant.incident_id == incident.id,
        IncidentRemnant.remnant_id == remnant.id,
        IncidentRemnant.ended_at.is_(None),
    )
    level = _highest(incident.level, remnant.level)
    require(session, actor, Permission.RECORD, incident.compartment_id, level=level)
    if session.scalar(already) is not None:
        raise InvalidInput(f"{remnant.reference} is attributed to {incident.reference} already.")
    return records.create(
        session,
        IncidentRemnant,
        compartment_id=incident.compartment_id,
        governance=Governance(level, incident.purpose, incident.legal_basis),
        actor=actor,
        verb=CustodyVerb.LINKED,
        incident_id=incident.id,
        remnant_id=remnant.id,
        attribution=stated.text(attribution, "attribution"),
        **_LIVE,
    )


def end_link(
    session: Session, link: Ended, *, reason: str, actor: Actor, expected_version: int | None = None
) -> Ended:
    """End a link or a count that does not hold; it stays on record with the reason."""
    if link.ended_at is not None:
        raise Conflict("This was ended before.", advice="Read it again.")
    changes = {"ended_at": now(session), "ended_reason": stated.text(reason, "reason")}
    return records.amend(
        session, link, changes, actor=actor, expected_version=expected_version, verb=CustodyVerb.UNLINKED
    )


def _highest(*levels: Level) -> Level:
    return max(levels, key=lambda level: level.rank)
